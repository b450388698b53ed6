package notify_test

import (
	"context"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/apply/notify"
	"github.com/vmxsync/vmxsync/apply/notify/mailtest"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state/config"
)

const canary = "pa§s-Zx9.Kq7"

// secrets resolves every reference to the canary.
func secrets(context.Context, providers.Reference) (string, error) { return canary, nil }

// sender waits for nothing and counts how often it would have.
func sender(waits *int) notify.Sender {
	return notify.Sender{Secrets: secrets, Wait: func(context.Context, time.Duration) error { *waits++; return nil }}
}

func mailServer(t *testing.T, o mailtest.Options) *mailtest.Server {
	t.Helper()
	s, err := mailtest.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func trusting(t *testing.T, s *mailtest.Server, waits *int) notify.Sender {
	t.Helper()
	out := sender(waits)
	out.Roots = x509.NewCertPool()
	if !out.Roots.AppendCertsFromPEM(s.CA) {
		t.Fatal("the server has no certificate")
	}
	return out
}

func mailTo(s *mailtest.Server, tls string) config.Notify {
	return config.Notify{Name: "me", Type: "mail", On: config.Verdicts(), Mail: &config.Mail{
		From: "vmxsync <vmxsync@example.com>", To: []string{"anna@example.com", "Bob <bob@example.com>"},
		Host: s.Host, Port: s.Port, TLS: tls, Username: "u", Password: providers.Reference{Kind: "env", Name: "MAIL_PASSWORD"},
	}}
}

func letters(t *testing.T, s *mailtest.Server, want int) []mailtest.Letter {
	t.Helper()
	got, err := s.Letters()
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != want {
		t.Fatalf("got %d mails, want %d", len(got), want)
	}
	return got
}

func TestSend_mailComesByEveryWay(t *testing.T) {
	for _, c := range []struct{ tls, mechanism string }{{"starttls", "PLAIN"}, {"starttls", "LOGIN"}, {"implicit", "PLAIN"}, {"implicit", "LOGIN"}, {"off", "PLAIN"}} {
		t.Run(c.tls+" "+c.mechanism, func(t *testing.T) {
			server, waits := mailServer(t, mailtest.Options{TLS: c.tls, User: "u", Password: canary, Mechanism: c.mechanism}), 0
			if err := trusting(t, server, &waits).Send(t.Context(), mailTo(server, c.tls), config.VerdictFailure, applied(), []byte("the log\n")); err != nil {
				t.Fatal(err)
			}
			l := letters(t, server, 1)[0]
			if l.From != "vmxsync@example.com" || strings.Join(l.To, " ") != "anna@example.com bob@example.com" || l.Safe != (c.tls != "off") {
				t.Errorf("got a mail from %s to %s, by TLS: %v", l.From, l.To, l.Safe)
			}
			if want := "[vmxsync] build-host: FAILED; 1 of 2 uploaded, 1 failed"; l.Subject != want {
				t.Errorf("got subject %q, want %q", l.Subject, want)
			}
			if l.Attached["vmxsync.log"] != "the log\r\n" && l.Attached["vmxsync.log"] != "the log\n" {
				t.Errorf("got attached %q", l.Attached)
			}
			for _, want := range []string{"Not done:", "- nas/Lisa", "+ nas/Lisa/2026-11-21-010000  20 B  failed", "nas: full"} {
				if strings.Contains(l.Text, want) == (want == "- nas/Lisa") {
					t.Errorf("%q is not as it should be in\n%s", want, l.Text)
				}
			}
			if l.Header.Get("Auto-Submitted") != "auto-generated" || l.Header.Get("Message-ID") == "" || l.Header.Get("Date") == "" {
				t.Errorf("got headers %v", l.Header)
			}
		})
	}
}

func TestSend_mailNeedsNoLogin(t *testing.T) {
	server, waits := mailServer(t, mailtest.Options{TLS: "off"}), 0
	n := mailTo(server, "off")
	n.Mail.Username, n.Mail.Password = "", providers.Reference{}
	n.Mail.Subject = "{{.name}} on {{.host}}: {{.result}}\r\nBcc: evil@example.com"
	if err := sender(&waits).Send(t.Context(), n, config.VerdictFailure, applied(), nil); err != nil {
		t.Fatal(err)
	}
	l := letters(t, server, 1)[0]
	if want := `site on build-host: failure\r\nBcc: evil@example.com`; l.Subject != want || len(l.To) != 2 || len(l.Attached) != 0 {
		t.Errorf("got %q to %s with %v, want %q", l.Subject, l.To, l.Attached, want)
	}
}

func TestSend_mailOnlyWhereItIsWanted(t *testing.T) {
	server, waits := mailServer(t, mailtest.Options{TLS: "off"}), 0
	n := mailTo(server, "off")
	n.On = []config.Verdict{config.VerdictFailure}
	if err := sender(&waits).Send(t.Context(), n, config.VerdictSuccess, applied(), nil); err != nil {
		t.Error(err)
	}
	letters(t, server, 0)
}

// script answers the n-th time that a command comes.
func script(command string, answers ...string) func(string) string {
	var n atomic.Int64
	return func(c string) string {
		if c != command {
			return ""
		}
		i := int(n.Add(1)) - 1
		if i < len(answers) {
			return answers[i]
		}
		return ""
	}
}

func TestSend_mailIsTriedThreeTimes(t *testing.T) {
	for name, c := range map[string]struct {
		command string
		answers []string
		sent    int
		waits   int
	}{
		"busy, then well":            {"MAIL", []string{"451 later", "421 busy"}, 1, 2},
		"gone, then well":            {"EHLO", []string{mailtest.Drop}, 1, 1},
		"always busy":                {"MAIL", []string{"451 later", "451 later", "451 later"}, 0, 2},
		"refuses":                    {"MAIL", []string{"550 not you"}, 0, 0},
		"refuses what was said":      {".", []string{"554 spam"}, 0, 0},
		"ends without a farewell":    {"QUIT", []string{mailtest.Drop}, 1, 0},
		"says nothing, then is well": {"RCPT", []string{mailtest.Hang}, 1, 1},
	} {
		t.Run(name, func(t *testing.T) {
			server, waits := mailServer(t, mailtest.Options{TLS: "starttls", User: "u", Password: canary, Answer: script(c.command, c.answers...)}), 0
			s := trusting(t, server, &waits)
			if strings.HasPrefix(name, "says nothing") {
				s.Limit = time.Second
			}
			err := s.Send(t.Context(), mailTo(server, "starttls"), config.VerdictFailure, applied(), []byte("log"))
			if (err == nil) != (c.sent == 1) || waits != c.waits {
				t.Errorf("got %v after %d waits, want %d mails after %d", err, waits, c.sent, c.waits)
			}
			for _, l := range letters(t, server, c.sent) {
				if l.Attached["vmxsync.log"] != "log" || !strings.Contains(l.Text, "nas/Lisa") {
					t.Errorf("the mail has lost something: %+v", l)
				}
			}
		})
	}
}

// A login that is refused is not tried again: servers lock accounts. What the
// server says of it may hold what it was sent.
func TestSend_mailShowsNoPassword(t *testing.T) {
	for _, mechanism := range []string{"PLAIN", "LOGIN"} {
		server, waits := mailServer(t, mailtest.Options{TLS: "starttls", User: "u", Password: "another", Mechanism: mechanism}), 0
		err := trusting(t, server, &waits).Send(t.Context(), mailTo(server, "starttls"), config.VerdictFailure, applied(), nil)
		if err == nil || waits > 0 || server.Logins() != 1 || providers.Hint(err) == "" {
			t.Errorf("%s: got %v (hint %q) after %d logins", mechanism, err, providers.Hint(err), server.Logins())
		}
		for _, form := range []string{canary, base64.StdEncoding.EncodeToString([]byte("\x00u\x00" + canary)), base64.StdEncoding.EncodeToString([]byte(canary))} {
			if strings.Contains(err.Error(), form) {
				t.Errorf("%s: the password is in %v", mechanism, err)
			}
		}
	}
}

func TestSend_mailNeverFallsBack(t *testing.T) {
	for name, c := range map[string]struct {
		server, tls string
		trust       bool
	}{
		"no STARTTLS":         {"off", "starttls", true},
		"no TLS":              {"off", "implicit", true},
		"another certificate": {"starttls", "starttls", false},
		"another, implicit":   {"implicit", "implicit", false},
	} {
		server, waits := mailServer(t, mailtest.Options{TLS: c.server, User: "u", Password: canary}), 0
		s := sender(&waits)
		if c.trust {
			s = trusting(t, server, &waits)
		}
		if err := s.Send(t.Context(), mailTo(server, c.tls), config.VerdictFailure, applied(), nil); err == nil {
			t.Errorf("%s: it was sent", name)
		}
		if server.Logins() > 0 {
			t.Errorf("%s: the password was sent", name)
		}
	}
}

func TestSend_secretThatCannotBeHad(t *testing.T) {
	waits := 0
	s := sender(&waits)
	s.Secrets = func(context.Context, providers.Reference) (string, error) {
		return "", providers.WithHint(errors.New("env(X) is not set"), "set it")
	}
	server := mailServer(t, mailtest.Options{TLS: "off"})
	err := s.Send(t.Context(), mailTo(server, "off"), config.VerdictFailure, applied(), nil)
	if err == nil || waits > 0 || !strings.Contains(err.Error(), "env(X)") || providers.Hint(err) != "set it" {
		t.Errorf("got %v with the hint %q", err, providers.Hint(err))
	}
}

func TestSend_endsWithTheContext(t *testing.T) {
	ctx, interrupt := context.WithCancel(t.Context())
	server, waits := mailServer(t, mailtest.Options{TLS: "off", Answer: func(c string) string {
		if c == "MAIL" {
			interrupt()
			return mailtest.Hang
		}
		return ""
	}}), 0
	n := mailTo(server, "off")
	n.Mail.Username, n.Mail.Password = "", providers.Reference{}
	if err := sender(&waits).Send(ctx, n, config.VerdictFailure, applied(), nil); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want that of the context", err)
	}
}

// RFC 5322, 2.1.1: no line of a mail has more than 998 bytes.
func TestSend_mailHasNoLongLines(t *testing.T) {
	for _, subject := range []string{strings.Repeat("x", 3000), strings.Repeat("ü", 3000), strings.Repeat("ab ", 1000), "{{.text}}{{.report}}"} {
		server, waits := mailServer(t, mailtest.Options{TLS: "off"}), 0
		n := mailTo(server, "off")
		n.Mail.Username, n.Mail.Password, n.Mail.Subject = "", providers.Reference{}, config.Template(subject)
		n.Mail.From = strings.Repeat("F", 200) + " <vmxsync@example.com>"
		n.Mail.To = slices.Repeat([]string{"anna@example.com", "Bob " + strings.Repeat("B", 200) + " <bob@example.com>"}, 100)
		r := applied()
		r.Errors = []notify.Problem{{Summary: strings.Repeat("y", 5000), Detail: strings.Repeat("z", 5000)}}
		if err := sender(&waits).Send(t.Context(), n, config.VerdictFailure, r, []byte(strings.Repeat("l", 5000))); err != nil {
			t.Fatal(err)
		}
		l := letters(t, server, 1)[0]
		if l.Longest > 998 || !strings.HasPrefix(subject, l.Subject[:6]) && !strings.HasPrefix(l.Subject, "vmxsync on") {
			t.Errorf("got a line of %d bytes, subject %q", l.Longest, l.Subject)
		}
	}
}
