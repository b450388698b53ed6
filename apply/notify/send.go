package notify

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state/config"
)

// Sender tells those whom a plan names.
type Sender struct {
	Secrets providers.Secrets
	// Wait passes time between two tries; nil means a timer.
	Wait func(ctx context.Context, d time.Duration) error
	// Limit is how long a try may take; 0 means ten seconds.
	Limit time.Duration
	// Roots are the issuers that are trusted; nil means those of the system.
	Roots *x509.CertPool
}

const (
	tries    = 3
	tryLimit = 10 * time.Second
	tryPause = 2 * time.Second
)

// errNotSent begins every error of Send.
var errNotSent = errors.New("was not sent")

// message is ready to be sent, any number of times.
type message struct {
	send    func(ctx context.Context) error
	secrets []string // no error may show these
}

// Send tells n of the report if v is one of the verdicts that n wants. A try
// that fails in passing is repeated. Errors name n, are escaped, and hold no
// secret.
func (s Sender) Send(ctx context.Context, n config.Notify, v config.Verdict, r Report, log []byte) error {
	if !slices.Contains(n.On, v) {
		return nil
	}
	r.Event = string(v)
	m, err := s.prepare(ctx, n, v, r, log)
	if err == nil {
		err = s.repeat(ctx, m.send)
	}
	if err == nil || ctx.Err() != nil {
		return ctx.Err()
	}
	text := providers.EscapeLines(without(err.Error(), m.secrets))
	return providers.WithHint(fmt.Errorf("notify %q %q of %s %w: %s", n.Type, n.Name, v, errNotSent, text), hint(err))
}

func (s Sender) prepare(ctx context.Context, n config.Notify, v config.Verdict, r Report, log []byte) (message, error) {
	switch n.Type {
	case config.MailNotify:
		return s.mail(ctx, *n.Mail, r, log)
	case config.WebhookNotify:
		return s.webhook(ctx, *n.Webhook, r)
	case config.HealthchecksNotify:
		return s.healthchecks(ctx, *n.Healthchecks, v, r, log)
	}
	return message{}, fmt.Errorf("unknown type %q", n.Type)
}

func (s Sender) repeat(ctx context.Context, send func(context.Context) error) error {
	for try := 1; ; try++ {
		err := s.try(ctx, send)
		if err == nil || try == tries || isFinal(err) {
			return err
		}
		if s.wait(ctx, tryPause) != nil {
			return err
		}
	}
}

func (s Sender) try(ctx context.Context, send func(context.Context) error) error {
	limit := s.Limit
	if limit == 0 {
		limit = tryLimit
	}
	timed, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	err := send(timed)
	if err != nil && timed.Err() != nil && ctx.Err() == nil {
		return fmt.Errorf("no answer within %s", limit)
	}
	return err
}

func (s Sender) wait(ctx context.Context, d time.Duration) error {
	if s.Wait != nil {
		return s.Wait(ctx, d)
	}
	return providers.Sleep(ctx, d)
}

// refusal is an answer that another try would not change.
type refusal struct {
	error
	hint string
}

func (r refusal) Unwrap() error { return r.error }

func isFinal(err error) bool {
	var r refusal
	var certificate *tls.CertificateVerificationError
	return errors.As(err, &r) || errors.As(err, &certificate)
}

func hint(err error) string {
	var r refusal
	var certificate *tls.CertificateVerificationError
	switch {
	case errors.As(err, &r):
		return r.hint
	case errors.As(err, &certificate):
		return "The certificate must be valid for the name of the server, and this machine must trust its issuer."
	}
	return providers.Hint(err)
}

// without takes secrets out of a text, also as base64 carries them.
func without(text string, secrets []string) string {
	for _, secret := range secrets {
		for _, form := range []string{secret, base64.StdEncoding.EncodeToString([]byte(secret))} {
			if form != "" {
				text = strings.ReplaceAll(text, form, "(not shown)")
			}
		}
	}
	return text
}

// value is a text, or the secret that it refers to.
func (s Sender) value(ctx context.Context, v config.Value) (text string, secret bool, err error) {
	if v.Reference.IsZero() {
		return v.Literal, false, nil
	}
	text, err = s.Secrets(ctx, v.Reference)
	return text, true, err
}
