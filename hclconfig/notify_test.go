package hclconfig_test

import (
	"path/filepath"
	"reflect"
	"testing"

	"github.com/vmxsync/vmxsync/hclconfig"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
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

func wantNotifies(dir string) []state.Notify {
	env := func(kind, name string) providers.Reference { return providers.Reference{Kind: kind, Name: name} }
	return []state.Notify{{
		Name: "me", Type: "mail", On: []state.Verdict{"success", "failure", "warning"}, Mail: &state.Mail{
			From: "vmxsync@example.com", To: []string{"anna@example.com"}, Host: "mail.example.com", Port: 587, TLS: "starttls",
			Username: "u", Password: env("file", filepath.Join(dir, "secrets", "mail.password")),
		},
	}, {
		Name: "safe", Type: "mail", On: []state.Verdict{"failure"}, Mail: &state.Mail{
			From: "vmxsync@example.com", To: []string{"anna@example.com", "bob@example.com"}, Host: "mail.example.com", Port: 465, TLS: "implicit",
			Subject: "{{.host}}: {{.summary}}",
		},
	}, {
		Name: "me", Type: "webhook", On: []state.Verdict{"start", "warning"}, Webhook: &state.Webhook{
			URL: state.Value{Reference: env("env", "CHAT_URL")}, Method: "POST", Body: "{\"text\": {{json .text}}}\n",
			Headers: map[string]state.Value{"Authorization": {Reference: env("variable", "token")}, "X-From": {Literal: "vmxsync"}},
		},
	}, {
		Name: "plain", Type: "webhook", On: []state.Verdict{"success", "failure", "warning"}, Webhook: &state.Webhook{
			URL: state.Value{Literal: "https://example.com/hook"}, Method: "GET",
		},
	}, {
		Name: "nightly", Type: "healthchecks", On: []state.Verdict{"success", "failure", "warning", "start"}, Healthchecks: &state.Healthchecks{
			PingURL: state.Value{Reference: providers.Reference{Kind: "command", Args: []string{"pass", "show", "ping"}}}, SendLog: true,
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
	var got []state.Notify
	opts.Notifies = &got
	spec, _, diags := hclconfig.Load(opts)
	if spec != nil || !diags.HasErrors() {
		t.Fatal("there is no error")
	}
	if want := wantNotifies(dir); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}
