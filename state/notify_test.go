package state_test

import (
	"strings"
	"testing"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

func goodMail() *state.Mail {
	return &state.Mail{From: "Us <us@example.com>", To: []string{"anna@example.com"}, Host: "mail.example.com", Port: 25, TLS: "off", Subject: "{{.summary}}"}
}

func goodWebhook() *state.Webhook {
	return &state.Webhook{URL: state.Value{Literal: "https://example.com/x?y=z"}, Method: "POST", Headers: map[string]state.Value{"X-From": {Literal: "us"}}, Body: "{{.text}}"}
}

func TestNotify_checkNamesTheAttributeOfAMail(t *testing.T) {
	for name, c := range map[string]struct {
		spoil     func(m *state.Mail)
		attribute string
	}{
		"from two":         {func(m *state.Mail) { m.From = "a@example.com, b@example.com" }, "from"},
		"from a line":      {func(m *state.Mail) { m.From = "a@example.com\r\nBcc: b@c" }, "from"},
		"to nobody":        {func(m *state.Mail) { m.To = nil }, "to"},
		"to a name":        {func(m *state.Mail) { m.To = append(m.To, "bob") }, "to[1]"},
		"a host and port":  {func(m *state.Mail) { m.Host += ":25" }, "host"},
		"no port":          {func(m *state.Mail) { m.Port = 65536 }, "port"},
		"another tls":      {func(m *state.Mail) { m.TLS = "ssl" }, "tls"},
		"no password":      {func(m *state.Mail) { m.Username, m.TLS = "u", "implicit" }, "username"},
		"a subject of two": {func(m *state.Mail) { m.Subject = "a\nb" }, "subject"},
		"a broken subject": {func(m *state.Mail) { m.Subject = "{{" }, "subject"},
	} {
		m := goodMail()
		c.spoil(m)
		wantProblem(t, name, state.Notify{Name: "n", On: state.Verdicts(), Mail: m, Type: "mail"}, c.attribute)
	}
}

func TestNotify_checkNamesTheAttributeOfAWebhook(t *testing.T) {
	for name, c := range map[string]struct {
		spoil     func(w *state.Webhook)
		attribute string
	}{
		"an URL of a file":  {func(w *state.Webhook) { w.URL.Literal = "file:///etc/passwd" }, "url"},
		"a password in it":  {func(w *state.Webhook) { w.URL.Literal = "https://u:p@example.com/" }, "url"},
		"no server":         {func(w *state.Webhook) { w.URL.Literal = "https:///x" }, "url"},
		"a method":          {func(w *state.Webhook) { w.Method = "post" }, "method"},
		"a header of lines": {func(w *state.Webhook) { w.Headers["X"] = state.Value{Literal: "a\nb"} }, "headers"},
		"a header's name":   {func(w *state.Webhook) { w.Headers["X:"] = state.Value{} }, "headers"},
		"a literal token":   {func(w *state.Webhook) { w.Headers["X-Auth-Token"] = state.Value{Literal: "t"} }, "headers"},
		"a broken body":     {func(w *state.Webhook) { w.Body = "{{.a" }, "body"},
		"a long body":       {func(w *state.Webhook) { w.Body = state.Template(strings.Repeat("x", 65<<10)) }, "body"},
	} {
		w := goodWebhook()
		c.spoil(w)
		wantProblem(t, name, state.Notify{Name: "n", On: state.Verdicts(), Webhook: w, Type: "webhook"}, c.attribute)
	}
}

func TestNotify_checkOfAll(t *testing.T) {
	good := state.Notify{Name: "n", On: state.Verdicts(), Mail: goodMail(), Type: "mail"}
	for name, c := range map[string]struct {
		spoil     func(n *state.Notify)
		attribute string
	}{
		"no name":       {func(n *state.Notify) { n.Name = "" }, ""},
		"no type":       {func(n *state.Notify) { n.Type = "" }, ""},
		"no settings":   {func(n *state.Notify) { n.Mail = nil }, ""},
		"never":         {func(n *state.Notify) { n.On = nil }, "on"},
		"mail at start": {func(n *state.Notify) { n.On = []state.Verdict{"start"} }, "on"},
	} {
		n := good
		c.spoil(&n)
		wantProblem(t, name, n, c.attribute)
	}
}

func wantProblem(t *testing.T, name string, n state.Notify, attribute string) {
	t.Helper()
	if found := n.Check(); len(found) != 1 || found[0].Attribute != attribute || found[0].Warning {
		t.Errorf("%s: got %v, want one problem of %q", name, found, attribute)
	}
}

func TestNotify_checkWarnsOfPasswordsInClear(t *testing.T) {
	n := state.Notify{Name: "n", Type: "mail", On: state.Verdicts(), Mail: goodMail()}
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
	if got, err := state.Template(`{{.host}} {{json .summary}}`).Fill(state.TemplateNames()); err != nil || got != `backup1 "1 uploaded, 2 failed"` {
		t.Errorf("got %q, %v", got, err)
	}
	for _, bad := range []state.Template{`{{range 1000000000}}xxxxxxxxxxxxxxxx{{end}}`, "{{.hots}}", "{{.host"} {
		if _, err := bad.Fill(state.TemplateNames()); err == nil {
			t.Errorf("%s can be filled", bad)
		}
	}
}
