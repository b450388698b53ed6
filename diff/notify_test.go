package diff_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/diff/planfile"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
)

func notifies() []config.Notify {
	return []config.Notify{
		{Name: "me", Type: "mail", On: config.Verdicts(), Mail: &config.Mail{
			From: "vmxsync@example.com", To: []string{"Anna <anna@example.com>"}, Host: "mail.example.com", Port: 587, TLS: "starttls",
			Username: "u", Password: providers.Reference{Kind: "env", Name: "MAIL_PASSWORD"}, Subject: "{{.summary}}",
		}},
		{Name: "me", Type: "webhook", On: []config.Verdict{config.VerdictStart}, Webhook: &config.Webhook{
			URL: config.Value{Literal: "https://example.com/hook"}, Method: "POST", Body: "{{json .text}}",
			Headers: map[string]config.Value{"Authorization": {Reference: providers.Reference{Kind: "file", Name: "/etc/token"}}, "X-From": {Literal: "vmxsync"}},
		}},
		{Name: "check", Type: "healthchecks", On: config.Verdicts(), Healthchecks: &config.Healthchecks{
			PingURL: config.Value{Reference: providers.Reference{Kind: "variable", Name: "ping"}}, SendLog: true,
		}},
	}
}

func notifyingPlan(t testing.TB) *diff.Plan {
	w := newWorld().holds("vmx", sets(state.Complete, 21)...)
	w.spec.Notifies = notifies()
	return w.compute(t)
}

func TestOpen_bringsNotifiesBack(t *testing.T) {
	saved, err := planfile.Open(seal(t, notifyingPlan(t), nil), nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := saved.Plan.Notifies; !reflect.DeepEqual(got, notifies()) {
		t.Errorf("got %+v, want %+v", got, notifies())
	}
}

func TestOpen_refusesNotifiesThatCannotBe(t *testing.T) {
	for name, edit := range map[string]func(p *diff.Plan){
		"another type":         func(p *diff.Plan) { p.Notifies[0].Type = "pigeon" },
		"without its settings": func(p *diff.Plan) { p.Notifies[0].Mail = nil },
		"a notify twice":       func(p *diff.Plan) { p.Notifies = append(p.Notifies, notifies()[0]) },
		"a hundred and more":   func(p *diff.Plan) { p.Notifies = make([]config.Notify, 101) },
		"a header of lines":    func(p *diff.Plan) { p.Notifies[1].Webhook.Headers["X-From"] = config.Value{Literal: "a\r\nb: c"} },
		"a broken template":    func(p *diff.Plan) { p.Notifies[1].Webhook.Body = "{{" },
		"a file":               func(p *diff.Plan) { p.Notifies[1].Webhook.URL = config.Value{Literal: "file:///etc/passwd"} },
		"nowhere":              func(p *diff.Plan) { p.Notifies[2].Healthchecks.PingURL = config.Value{} },
	} {
		p := notifyingPlan(t)
		edit(p)
		if _, err := planfile.Open(seal(t, p, nil), nil); !errors.Is(err, planfile.ErrInvalid) {
			t.Errorf("%s: got %v, want %v", name, err, planfile.ErrInvalid)
		}
	}
}

// The reader fills in nothing: this would take for ever.
func TestOpen_runsNoTemplate(t *testing.T) {
	p := notifyingPlan(t)
	p.Notifies[1].Webhook.Body = config.Template(strings.Repeat("{{range 1000000000}}", 8) + strings.Repeat("{{end}}", 8))
	if _, err := planfile.Open(seal(t, p, nil), nil); err != nil {
		t.Error(err)
	}
}

func TestNotice_damagedIsAnError(t *testing.T) {
	w := newWorld().holds("vmx", sets(state.Complete, 21)...).holds("nas", set(key(20), state.Damaged), set(key(19), state.Unmarked))
	var got []string
	for _, n := range w.compute(t).Notices {
		if n.Class != diff.NoteClass {
			got = append(got, string(n.Class)+" "+n.Code)
		}
	}
	if !reflect.DeepEqual(got, []string{"error damaged"}) {
		t.Errorf("got %q, want the error alone", got)
	}
}
