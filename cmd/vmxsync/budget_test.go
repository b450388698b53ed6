package main

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/providers/ftp/ftptest"
	"github.com/vmxsync/vmxsync/providers/providertest"
)

// What a destination may be asked, in commands.
const (
	mostPerFileSent   = 2
	mostPerSetSent    = 14
	mostPerSetDeleted = 8 // and one for each of its files, the manifest among them
)

const budgetConfig = `
source "local" "esxi" {
  path   = "src"
  settle = "0s"
}
destination "ftp" "nas" {
  host        = "%s"
  port        = %d
  username    = "%s"
  root        = "%s"
  password    = env("NAS_PASSWORD")
  connections = 1
  tls {
    mode = "off"
  }
}
retention "standard" {
  keep_last = %d
}
backup "default" {
  source       = source.local.esxi
  destinations = [destination.ftp.nas]
  retention    = retention.standard
}
guard {
  max_shrink_percent = 100
}
`

// TestApply_commandsPerSetAndFile counts what an apply sends to a server for trees of
// different shapes, and solves for what one more set and one more file cost.
func TestApply_commandsPerSetAndFile(t *testing.T) {
	for _, real := range ftptest.RealFor(providertest.Thin()) {
		if !slices.Contains([]string{"vsftpd", "proftpd", "pure-ftpd", "pyftpdlib"}, real.Name) {
			continue
		}
		t.Run(real.Name, func(t *testing.T) {
			few, fewGone := costs(t, real.Name, 4, 4)
			sets, setsGone := costs(t, real.Name, 8, 4)
			files, filesGone := costs(t, real.Name, 4, 12)
			perFile := float64(files-few) / (4 * 8)
			perSet := float64(sets-few)/4 - 4*perFile
			gonePerFile := float64(filesGone-fewGone) / (3 * 8)
			gonePerSet := float64(setsGone-fewGone)/4 - 5*gonePerFile
			t.Logf("sent: %.2f per set, %.2f per file; deleted: %.2f per set, %.2f per file", perSet, perFile, gonePerSet, gonePerFile)
			if perFile > mostPerFileSent || perSet > mostPerSetSent {
				t.Errorf("%.2f commands per set sent and %.2f per file, want at most %d and %d", perSet, perFile, mostPerSetSent, mostPerFileSent)
			}
			if gonePerFile > 1 || gonePerSet > mostPerSetDeleted {
				t.Errorf("%.2f commands per set deleted and %.2f per file, want at most %d and 1", gonePerSet, gonePerFile, mostPerSetDeleted)
			}
		})
	}
}

// costs are the commands of the apply of a plan that sends sets of a VM, and of one that
// deletes all of them but one.
func costs(t *testing.T, server string, sets, files int) (sent, deleted int) {
	t.Helper()
	srv := ftptest.NewReal(t, server, ftptest.RealOptions{})
	relay, err := ftptest.NewRelay(srv, ftptest.Faults{})
	if err != nil {
		t.Fatal(err)
	}
	defer relay.Close()
	t.Chdir(t.TempDir())
	budgetSets(t, "warm", 1, 20) // what is asked once, for any number of sets
	configure := func(keep int) {
		if err := os.WriteFile("vmxsync.hcl", fmt.Appendf(nil, budgetConfig, relay.Host, relay.Port, srv.User, srv.Path, keep), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	count := func() (n int) {
		runBudget(t, srv.Password, "plan", "-out=plan.out")
		relay.Forget()
		runBudget(t, srv.Password, "apply", "plan.out")
		for c := range maps.Values(relay.Commands()) {
			n += c
		}
		return n
	}
	configure(sets)
	count()
	budgetSets(t, "web01", sets, files)
	sent = count()
	configure(1)
	return sent, count()
}

func budgetSets(t *testing.T, vm string, sets, files int) {
	t.Helper()
	for day := 1; day <= sets; day++ {
		at := time.Date(2026, 11, day, 1, 0, 0, 0, time.UTC)
		dir := filepath.Join("src", vm, at.Format("2006-01-02-150405"))
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		for i := range files {
			p := filepath.Join(dir, fmt.Sprintf("disk%02d.vmdk", i))
			if err := os.WriteFile(p, bytes.Repeat([]byte{byte(day)}, 1000), 0o644); err != nil {
				t.Fatal(err)
			}
			if err := os.Chtimes(p, at, at); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func runBudget(t *testing.T, password string, args ...string) {
	t.Helper()
	state, err := filepath.Abs("state")
	if err != nil {
		t.Fatal(err)
	}
	env := map[string]string{"NAS_PASSWORD": password, "XDG_STATE_HOME": state}
	var out, errs bytes.Buffer
	p := &process{args: args, stdout: &out, stderr: &errs, env: func(name string) (string, bool) {
		value, ok := env[name]
		return value, ok
	}}
	if code := p.run(t.Context()); code != 0 {
		t.Fatalf("exit code %d\n%s%s", code, out.String(), errs.String())
	}
}
