package hclconfig_test

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/hclconfig"
	"github.com/vmxsync/vmxsync/hclconfig/diag"
	"github.com/vmxsync/vmxsync/hclconfig/secret"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
)

// configuration writes files, given as name and content in turn, into a new
// directory.
func configuration(t testing.TB, files ...string) string {
	t.Helper()
	dir := t.TempDir()
	for i := 0; i < len(files); i += 2 {
		if err := os.WriteFile(filepath.Join(dir, files[i]), []byte(files[i+1]), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func options(dir string) hclconfig.Options {
	return hclconfig.Options{Dir: dir, Drivers: drivers, Hostname: "build-host", Version: "0.1.0"}
}

func env(pairs ...string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		for i := 0; i < len(pairs); i += 2 {
			if pairs[i] == name {
				return pairs[i+1], true
			}
		}
		return "", false
	}
}

// load is Load for configurations without errors and warnings.
func load(t *testing.T, opts hclconfig.Options) (*config.Spec, secret.Resolver) {
	t.Helper()
	spec, secrets, diags := hclconfig.Load(opts)
	if len(diags) > 0 {
		t.Fatalf("Load: %s", text(t, diags))
	}
	return spec, secrets
}

func text(t testing.TB, diags diag.Diagnostics) string {
	t.Helper()
	var b strings.Builder
	if err := diag.Write(&b, diags, false, 0); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

const smallest = `source "local" "vmexplorer" {
  path   = "C:/VirtualMachinesTemp"
  settle = "0s" # the backup program starts us when it has finished; on a timer leave this out
}

destination "ftp" "nas" {
  host     = "nas.example.com"
  username = "backup"
  password = file("secrets/nas.password")
  root     = "/vm-backups"
}

retention "standard" {
  keep_last = 3
}

backup "default" {
  source       = source.local.vmexplorer
  destinations = [destination.ftp.nas]
  retention    = retention.standard
}
`

func TestLoad_smallestExample(t *testing.T) {
	dir := configuration(t, "vmxsync.hcl", smallest)
	spec, _ := load(t, options(dir))

	vmLayout, err := state.ParseLayout(state.DefaultLayout)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte(smallest))
	source := filepath.Join(dir, "C:/VirtualMachinesTemp")
	if runtime.GOOS == "windows" {
		source = `C:\VirtualMachinesTemp`
	}
	want := &config.Spec{
		Name:  "build-host",
		Dir:   dir,
		Files: []config.ConfigFile{{Path: filepath.Join(dir, "vmxsync.hcl"), SHA256: hex.EncodeToString(sum[:])}},
		Sources: []config.Source{{
			Name: "vmexplorer", Type: "local",
			Settings: &localSettings{Path: source, Connections: 1},
			Layout:   vmLayout, Timezone: "Local", Ignore: []string{}, ReadyFiles: []string{}, OnEmpty: "error",
		}},
		Destinations: []config.Destination{{
			Name: "nas", Type: "ftp",
			Settings: &ftpSettings{
				Host: "nas.example.com", Port: 21, Username: "backup", Root: "/vm-backups", Connections: 4,
				Password:  providers.Reference{Kind: "file", Name: filepath.Join(dir, "secrets/nas.password")},
				Keepalive: providers.Duration(15 * time.Second),
			},
			Layout: vmLayout, WorkDir: ".vmxsync",
		}},
		Policies: []config.Policy{{Name: "standard", KeepLast: 3, KeepOldest: true, MinKeep: 1}},
		Backups: []config.Backup{{
			Name: "default", Source: "vmexplorer", VMs: []string{"*"}, Exclude: []string{},
			Copies: []config.Copy{{Destination: "nas", Policy: "standard"}}, FreshWithin: config.Span{Days: 8}, MaxBehind: config.DefaultMaxBehind,
		}},
		Guard: config.Guard{MaxShrinkPercent: 30, MinLoss: 3, MinSizePercent: 50},
	}
	if !reflect.DeepEqual(spec, want) {
		t.Errorf("Load: got %+v, want %+v", spec, want)
	}
}

// Every attribute of a retention block arrives where retention looks for it.
func TestLoad_wholeRetention(t *testing.T) {
	spec, _ := load(t, options(configuration(t, "vmxsync.hcl", smallest, "more.vmxsync.hcl", `
retention "all" {
  keep_last = 1
  keep_hourly = 2
  keep_daily = 3
  keep_weekly = 4
  keep_monthly = 5
  keep_yearly = -1
  keep_within = "1h"
  keep_within_hourly = "2h"
  keep_within_daily = "3d"
  keep_within_weekly = "4w"
  keep_within_monthly = "5mo"
  keep_within_yearly = "6y"
  keep_oldest = false
  min_keep = 7
  min_age = "8d"
  max_age = "9y"
  max_count = 10
  max_size_per_vm = "2KiB"
  pin {
    vm     = "dc01"
    time   = "2024-03-01-020000"
    reason = "why"
  }
}
`)))
	got, _ := spec.Policy("all")
	want := config.Policy{
		Name: "all", KeepLast: 1, KeepHourly: 2, KeepDaily: 3, KeepWeekly: 4, KeepMonthly: 5, KeepYearly: -1,
		KeepWithin: config.Span{Hours: 1}, KeepWithinHourly: config.Span{Hours: 2}, KeepWithinDaily: config.Span{Days: 3},
		KeepWithinWeekly: config.Span{Weeks: 4}, KeepWithinMonthly: config.Span{Months: 5}, KeepWithinYearly: config.Span{Years: 6},
		MinKeep: 7, MinAge: config.Span{Days: 8}, MaxAge: config.Span{Years: 9}, MaxCount: 10, MaxSize: 2048,
		Pins: []config.Pin{{Key: state.Key{VM: "dc01", Stamp: "2024-03-01-020000"}, Reason: "why"}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

const larger = `vmxsync {
  required_version = ">= 0.1"
  name             = "site-berlin"
}

variable "keep" {
  type    = number
  default = 3
  validation {
    condition     = var.keep >= 1
    error_message = "keep must be at least 1, got ${var.keep}."
  }
}

locals {
  critical = ["dc01", "sql-*"]
}

destination "ftp" "rented" {
  host     = "ftp.example.net"
  username = "u4711"
  password = env("RENTED_PASSWORD")
  root     = "/vm"

  tls {
    mode        = "explicit"
    ca_file     = "ca.pem"
    pin_sha256  = ["9F:86", "sha256//AAAA"]
    client_cert = "secrets/client.pem"
    client_key  = "secrets/client.key"
  }
  proxy          = "socks5://anna@proxy:1080"
  proxy_password = env("PROXY_PASSWORD")
  transfer {
    rate_limit = "08:00,2MiB/s 19:00,off"
  }
}

destination "local" "usb" {
  path     = "usb"
  optional = true
}

retention "three" {
  keep_last = var.keep
}
retention "newest_two" {
  keep_last = 2
}

backup "critical" {
  source       = source.local.vmexplorer
  vms          = local.critical
  destinations = [destination.ftp.nas, destination.local.usb]
  retention    = retention.three

  copy {
    destination = destination.ftp.rented
    retention   = retention.newest_two
  }
}
`

func TestLoad_largerExampleInSeveralFiles(t *testing.T) {
	dir := configuration(t, "vmxsync.hcl", smallest, "site.vmxsync.hcl", larger)
	spec, _ := load(t, options(dir))

	if spec.Name != "site-berlin" {
		t.Errorf("Name: got %q, want site-berlin", spec.Name)
	}
	if len(spec.Files) != 2 || filepath.Base(spec.Files[0].Path) != "site.vmxsync.hcl" {
		t.Errorf("Files: got %v, want two, sorted by name", spec.Files)
	}
	got, want := spec.Backups[0], config.Backup{
		Name: "critical", Source: "vmexplorer", VMs: []string{"dc01", "sql-*"}, Exclude: []string{}, FreshWithin: config.Span{Days: 8}, MaxBehind: config.DefaultMaxBehind,
		Copies: []config.Copy{
			{Destination: "nas", Policy: "three"},
			{Destination: "usb", Policy: "three"},
			{Destination: "rented", Policy: "newest_two"},
		},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("backup: got %+v, want %+v", got, want)
	}
	rented, _ := spec.Destination("rented")
	settings := rented.Settings.(*ftpSettings)
	wantTLS := &tlsSettings{
		Mode: "explicit", CAFile: filepath.Join(dir, "ca.pem"), PinSHA256: []string{"9F:86", "sha256//AAAA"},
		ClientCert: filepath.Join(dir, "secrets", "client.pem"), ClientKey: filepath.Join(dir, "secrets", "client.key"),
	}
	if !reflect.DeepEqual(settings.TLS, wantTLS) {
		t.Errorf("tls: got %+v, want %+v", settings.TLS, wantTLS)
	}
	if got := settings.Transfer.RateLimit.String(); got != "08:00,2MiB/s 19:00,off" {
		t.Errorf("rate_limit: got %q", got)
	}
	if settings.Proxy != "socks5://anna@proxy:1080" || settings.ProxyPassword.Name != "PROXY_PASSWORD" {
		t.Errorf("proxy: got %q with %v", settings.Proxy, settings.ProxyPassword)
	}
	usb, _ := spec.Destination("usb")
	if got, want := usb.Settings.(*localSettings).Path, filepath.Join(dir, "usb"); got != want || !usb.Optional {
		t.Errorf("usb: got %q, optional %v; want %q, true", got, usb.Optional, want)
	}
	if got := string(spec.Variables[0].JSON); got != "3" {
		t.Errorf("variable keep: got %s, want 3", got)
	}
}

func TestLoad_referencesPassThroughLocalsAndConditionals(t *testing.T) {
	dir := configuration(t, "vmxsync.hcl", `
variable "offsite" {
  type    = bool
  default = true
}
locals {
  places = var.offsite ? [destination.ftp.a, destination.ftp.b] : [destination.ftp.a]
  secret = { a = env("A"), b = command(["pass", "show", "b"]) }
}
source "local" "s" { path = "/src" }
destination "ftp" "a" {
  host     = "a"
  password = local.secret.a
}
destination "ftp" "b" {
  host     = "b"
  password = var.offsite ? local.secret["b"] : local.secret["a"]
}
retention "r" { keep_last = -1 }
backup "x" {
  source       = source.local["s"]
  destinations = [for d in local.places : d]
  retention    = retention.r
}
`)
	opts := options(dir)
	spec, _ := load(t, opts)
	if got := len(spec.Backups[0].Copies); got != 2 {
		t.Errorf("copies: got %d, want 2", got)
	}
	b, _ := spec.Destination("b")
	want := providers.Reference{Kind: "command", Args: []string{"pass", "show", "b"}}
	if got := b.Settings.(*ftpSettings).Password; !reflect.DeepEqual(got, want) {
		t.Errorf("password: got %v, want %v", got, want)
	}

	opts.Vars = []hclconfig.VarArg{{Assignment: "offsite=false"}}
	spec, _ = load(t, opts)
	if got := len(spec.Backups[0].Copies); got != 1 {
		t.Errorf("copies: got %d, want 1", got)
	}
}

func TestLoad_specOnlyWithoutErrors(t *testing.T) {
	dir := configuration(t, "vmxsync.hcl", smallest+`retention "bad" {}`)
	spec, _, diags := hclconfig.Load(options(dir))
	if spec != nil || !diags.HasErrors() {
		t.Errorf("Load: got %v, %v; want no spec, and errors", spec, diags)
	}
}

func TestLoad_newerConfigurationIsOneError(t *testing.T) {
	dir := configuration(t, "vmxsync.hcl", `
vmxsync { required_version = ">= 9" }
brand_new "block" {
  with = @ syntax
`)
	_, _, diags := hclconfig.Load(options(dir))
	if len(diags) != 1 || diags[0].Summary != "Unsupported vmxsync version" {
		t.Errorf("Load: got %s, want one error about the version", text(t, diags))
	}
}

func TestLoad_preReleaseMeetsConstraint(t *testing.T) {
	opts := options(configuration(t, "vmxsync.hcl", smallest+`vmxsync { required_version = ">= 0.2" }`))
	opts.Version = "0.2.0-dev"
	load(t, opts)
}

func TestLoad_unusedBlocksAreFine(t *testing.T) {
	load(t, options(configuration(t, "vmxsync.hcl", smallest+`
retention "unused" { keep_last = 1 }
destination "local" "unused" { path = "/elsewhere" }
source "local" "unused" { path = "/there" }
`)))
}
