package hclconfig_test

import (
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/vmxsync/vmxsync/hclconfig"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state/config"
)

const notifies = `
variable "token" {
  sensitive = true
  default   = "hunter2"
}
notify "mail" "me" {
  from     = "vmxsync@example.com"
  to       = "anna@example.com"
  host     = "mail.example.com"
  username = "u"
  password = file("secrets/mail.password")
}
notify "mail" "safe" {
  from    = "vmxsync@example.com"
  to      = ["anna@example.com", "bob@example.com"]
  host    = "mail.example.com"
  tls     = "implicit"
  subject = "{{.host}}: {{.summary}}"
  on      = "failure"
}
notify "webhook" "me" {
  url     = env("CHAT_URL")
  headers = { Authorization = var.token, "X-From" = "vmxsync" }
  body    = <<-EOT
    {"text": {{json .text}}}
  EOT
  on = ["start", "warning"]
}
notify "webhook" "plain" {
  url    = "https://example.com/hook"
  method = "GET"
}
notify "healthchecks" "nightly" {
  ping_url = command(["pass", "show", "ping"])
  send_log = true
}
`

func wantNotifies(dir string) []config.Notify {
	env := func(kind, name string) providers.Reference { return providers.Reference{Kind: kind, Name: name} }
	return []config.Notify{{
		Name: "me", Type: "mail", On: []config.Verdict{"success", "failure", "warning"}, Mail: &config.Mail{
			From: "vmxsync@example.com", To: []string{"anna@example.com"}, Host: "mail.example.com", Port: 587, TLS: "starttls",
			Username: "u", Password: env("file", filepath.Join(dir, "secrets", "mail.password")),
		},
	}, {
		Name: "safe", Type: "mail", On: []config.Verdict{"failure"}, Mail: &config.Mail{
			From: "vmxsync@example.com", To: []string{"anna@example.com", "bob@example.com"}, Host: "mail.example.com", Port: 465, TLS: "implicit",
			Subject: "{{.host}}: {{.summary}}",
		},
	}, {
		Name: "me", Type: "webhook", On: []config.Verdict{"start", "warning"}, Webhook: &config.Webhook{
			URL: config.Value{Reference: env("env", "CHAT_URL")}, Method: "POST", Body: "{\"text\": {{json .text}}}\n",
			Headers: map[string]config.Value{"Authorization": {Reference: env("variable", "token")}, "X-From": {Literal: "vmxsync"}},
		},
	}, {
		Name: "plain", Type: "webhook", On: []config.Verdict{"success", "failure", "warning"}, Webhook: &config.Webhook{
			URL: config.Value{Literal: "https://example.com/hook"}, Method: "GET",
		},
	}, {
		Name: "nightly", Type: "healthchecks", On: []config.Verdict{"success", "failure", "warning", "start"}, Healthchecks: &config.Healthchecks{
			PingURL: config.Value{Reference: providers.Reference{Kind: "command", Args: []string{"pass", "show", "ping"}}}, SendLog: true,
		},
	}}
}

func TestLoad_notifies(t *testing.T) {
	dir := configuration(t, "vmxsync.hcl", smallest, "notify.vmxsync.hcl", notifies)
	spec, _ := load(t, options(dir))
	if want := wantNotifies(dir); !reflect.DeepEqual(spec.Notifies, want) {
		t.Errorf("got %+v, want %+v", spec.Notifies, want)
	}
}

// Somebody may want to know that the configuration is broken.
func TestLoad_notifiesOutliveOtherErrors(t *testing.T) {
	dir := configuration(t, "vmxsync.hcl", smallest+"retention \"bad\" {}\n", "notify.vmxsync.hcl", notifies+"notify \"mail\" \"bad\" {}\n")
	opts := options(dir)
	var got hclconfig.Salvage
	opts.Salvaged = &got
	spec, _, diags := hclconfig.Load(opts)
	if spec != nil || !diags.HasErrors() {
		t.Fatal("there is no error")
	}
	if want := wantNotifies(dir); !reflect.DeepEqual(got.Notifies, want) {
		t.Errorf("got %+v, want %+v", got.Notifies, want)
	}
	if want := []hclconfig.NotifyName{{Type: "mail", Name: "bad"}}; !reflect.DeepEqual(got.Lost, want) || got.Unread {
		t.Errorf("lost: got %+v, unread %v; want %+v alone", got.Lost, got.Unread, want)
	}
}

const mailBy = `
variable "relay" { default = "mail.example.com" }
locals { me = "anna@example.com" }
notify "mail" "me" {
  from = local.me
  to   = [local.me]
  host = var.relay
}
`

// Whatever stops the reading of a configuration, who is named in a file that
// parses is known, and in the part of one that does not.
func TestLoad_notifiesOutliveWhatCannotBeRead(t *testing.T) {
	for name, files := range map[string][]string{
		"syntax error elsewhere":  {"vmxsync.hcl", "x = \"open\n}\n", "n.vmxsync.hcl", mailBy},
		"syntax error behind":     {"vmxsync.hcl", mailBy + "source \"local\" {{\n"},
		"attribute written twice": {"vmxsync.hcl", smallest, "a.vmxsync.hcl", "retention \"r\" {\n keep_last = 1\n keep_last = 2\n}\n", "n.vmxsync.hcl", mailBy},
		"newer version":           {"vmxsync.hcl", "vmxsync { required_version = \">= 9\" }\n" + mailBy},
		"not UTF-8":               {"vmxsync.hcl", "# \xff\n", "n.vmxsync.hcl", mailBy},
		"JSON beside":             {"vmxsync.hcl", mailBy, "x.vmxsync.hcl.json", "{}"},
		"too deep":                {"vmxsync.hcl", "x = " + strings.Repeat("[", 5000), "n.vmxsync.hcl", mailBy},
		"broken values":           {"vmxsync.hcl", mailBy, "vmxsync.vars.hcl", "x = \"open\n"},
		"undeclared value":        {"vmxsync.hcl", mailBy + "locals { x = nope }\n"},
		"cycle":                   {"vmxsync.hcl", mailBy + "locals { x = local.x }\n"},
	} {
		opts := options(configuration(t, files...))
		var got hclconfig.Salvage
		opts.Salvaged = &got
		if _, _, diags := hclconfig.Load(opts); !diags.HasErrors() {
			t.Errorf("%s: there is no error", name)
		}
		if len(got.Notifies) != 1 || got.Notifies[0].Mail == nil || got.Notifies[0].Mail.Host != "mail.example.com" || got.Name != "build-host" {
			t.Errorf("%s: got %+v, want the mail to anna", name, got)
		}
	}
}
