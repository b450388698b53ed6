package config_test

import (
	"strings"
	"testing"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state/config"
)

func goodMail() *config.Mail {
	return &config.Mail{From: "Us <us@example.com>", To: []string{"anna@example.com"}, Host: "mail.example.com", Port: 25, TLS: "off", Subject: "{{.summary}}"}
}

func goodWebhook() *config.Webhook {
	return &config.Webhook{URL: config.Value{Literal: "https://example.com/x?y=z"}, Method: "POST", Headers: map[string]config.Value{"X-From": {Literal: "us"}}, Body: "{{.text}}"}
}

func TestNotify_checkNamesTheAttributeOfAMail(t *testing.T) {
	for name, c := range map[string]struct {
		spoil     func(m *config.Mail)
		attribute string
	}{
		"from two":         {func(m *config.Mail) { m.From = "a@example.com, b@example.com" }, "from"},
		"from a line":      {func(m *config.Mail) { m.From = "a@example.com\r\nBcc: b@c" }, "from"},
		"to nobody":        {func(m *config.Mail) { m.To = nil }, "to"},
		"to a name":        {func(m *config.Mail) { m.To = append(m.To, "bob") }, "to[1]"},
		"a host and port":  {func(m *config.Mail) { m.Host += ":25" }, "host"},
		"no port":          {func(m *config.Mail) { m.Port = 65536 }, "port"},
		"another tls":      {func(m *config.Mail) { m.TLS = "ssl" }, "tls"},
		"no password":      {func(m *config.Mail) { m.Username, m.TLS = "u", "implicit" }, "username"},
		"a subject of two": {func(m *config.Mail) { m.Subject = "a\nb" }, "subject"},
		"a broken subject": {func(m *config.Mail) { m.Subject = "{{" }, "subject"},
	} {
		m := goodMail()
		c.spoil(m)
		wantProblem(t, name, config.Notify{Name: "n", On: config.Verdicts(), Mail: m, Type: "mail"}, c.attribute)
	}
}

func TestNotify_checkNamesTheAttributeOfAWebhook(t *testing.T) {
	for name, c := range map[string]struct {
		spoil     func(w *config.Webhook)
		attribute string
	}{
		"an URL of a file":  {func(w *config.Webhook) { w.URL.Literal = "file:///etc/passwd" }, "url"},
		"a password in it":  {func(w *config.Webhook) { w.URL.Literal = "https://u:p@example.com/" }, "url"},
		"no server":         {func(w *config.Webhook) { w.URL.Literal = "https:///x" }, "url"},
		"a method":          {func(w *config.Webhook) { w.Method = "post" }, "method"},
		"a header of lines": {func(w *config.Webhook) { w.Headers["X"] = config.Value{Literal: "a\nb"} }, "headers"},
		"a header's name":   {func(w *config.Webhook) { w.Headers["X:"] = config.Value{} }, "headers"},
		"a literal token":   {func(w *config.Webhook) { w.Headers["X-Auth-Token"] = config.Value{Literal: "t"} }, "headers"},
		"a broken body":     {func(w *config.Webhook) { w.Body = "{{.a" }, "body"},
		"a long body":       {func(w *config.Webhook) { w.Body = config.Template(strings.Repeat("x", 65<<10)) }, "body"},
	} {
		w := goodWebhook()
		c.spoil(w)
		wantProblem(t, name, config.Notify{Name: "n", On: config.Verdicts(), Webhook: w, Type: "webhook"}, c.attribute)
	}
}

func TestNotify_checkOfAll(t *testing.T) {
	good := config.Notify{Name: "n", On: config.Verdicts(), Mail: goodMail(), Type: "mail"}
	for name, c := range map[string]struct {
		spoil     func(n *config.Notify)
		attribute string
	}{
		"no name":       {func(n *config.Notify) { n.Name = "" }, ""},
		"no type":       {func(n *config.Notify) { n.Type = "" }, ""},
		"no settings":   {func(n *config.Notify) { n.Mail = nil }, ""},
		"never":         {func(n *config.Notify) { n.On = nil }, "on"},
		"mail at start": {func(n *config.Notify) { n.On = []config.Verdict{"start"} }, "on"},
	} {
		n := good
		c.spoil(&n)
		wantProblem(t, name, n, c.attribute)
	}
}

func wantProblem(t *testing.T, name string, n config.Notify, attribute string) {
	t.Helper()
	if found := n.Check(); len(found) != 1 || found[0].Attribute != attribute || found[0].Warning {
		t.Errorf("%s: got %v, want one problem of %q", name, found, attribute)
	}
}

func TestNotify_checkWarnsOfPasswordsInClear(t *testing.T) {
	n := config.Notify{Name: "n", Type: "mail", On: config.Verdicts(), Mail: goodMail()}
	if found := n.Check(); len(found) > 0 {
		t.Fatalf("a good one: %v", found)
	}
	n.Mail.Username, n.Mail.Password = "u", providers.Reference{Kind: "env", Name: "X"}
	if found := n.Check(); len(found) != 1 || !found[0].Warning {
		t.Errorf("got %v, want a warning", found)
	}
	n.Mail.TLS = "starttls"
	if found := n.Check(); len(found) > 0 {
		t.Errorf("got %v with TLS", found)
	}
}

func TestTemplate_fillEndsWhatGrowsTooLong(t *testing.T) {
	if got, err := config.Template(`{{.host}} {{json .summary}}`).Fill(config.TemplateNames()); err != nil || got != `backup1 "1 uploaded, 2 failed"` {
		t.Errorf("got %q, %v", got, err)
	}
	for _, bad := range []config.Template{`{{range 1000000000}}xxxxxxxxxxxxxxxx{{end}}`, "{{.hots}}", "{{.host"} {
		if _, err := bad.Fill(config.TemplateNames()); err == nil {
			t.Errorf("%s can be filled", bad)
		}
	}
}
