package notify

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/textproto"
	"strings"

	"github.com/wneessen/go-mail"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state/config"
)

func (s Sender) mail(ctx context.Context, to config.Mail, r Report, log []byte) (message, error) {
	password, err := s.password(ctx, to)
	if err != nil {
		return message{}, err
	}
	letter, err := write(to, r, log)
	if err != nil {
		return message{}, refusal{err, ""}
	}
	return message{
		send:    func(ctx context.Context) error { return s.deliver(ctx, to, password, letter) },
		secrets: []string{password, "\x00" + to.Username + "\x00" + password}, // as AUTH PLAIN carries it
	}, nil
}

func (s Sender) password(ctx context.Context, to config.Mail) (string, error) {
	if to.Password.IsZero() {
		return "", nil
	}
	return s.Secrets(ctx, to.Password)
}

// write makes the mail: the text, and what the run said as an attachment. It has
// one identity, however often it is sent.
func write(to config.Mail, r Report, log []byte) (*mail.Msg, error) {
	subject := r.Subject()
	if to.Subject != "" {
		filled, err := r.fill(to.Subject)
		if err != nil {
			return nil, fmt.Errorf("subject: %w", err)
		}
		subject = providers.Escape(strings.TrimSpace(filled))
	}
	m := mail.NewMsg()
	if err := errors.Join(m.From(to.From), m.To(to.To...)); err != nil {
		return nil, err
	}
	m.Subject(shortened(subject))
	m.SetDate()
	m.SetMessageID()
	m.SetGenHeader("Auto-Submitted", "auto-generated")
	m.SetBodyString(mail.TypeTextPlain, r.Text())
	if len(log) == 0 {
		return m, nil
	}
	return m, m.AttachReader("vmxsync.log", bytes.NewReader(log), mail.WithFileContentType("text/plain; charset=utf-8"))
}

// maxSubject is the most bytes of a subject. A line of a mail has at most 998
// (RFC 5322, 2.1.1), the library breaks at blanks alone, and nobody reads more.
const maxSubject = 300

func shortened(subject string) string {
	if len(subject) <= maxSubject {
		return subject
	}
	return strings.ToValidUTF8(subject[:maxSubject], "") + "…"
}

// The ways to prove who we are, best first.
var (
	mechanisms      = []mail.SMTPAuthType{mail.SMTPAuthSCRAMSHA256, mail.SMTPAuthSCRAMSHA1, mail.SMTPAuthPlain, mail.SMTPAuthLogin, mail.SMTPAuthCramMD5}
	mechanismsClear = []mail.SMTPAuthType{mail.SMTPAuthSCRAMSHA256, mail.SMTPAuthSCRAMSHA1, mail.SMTPAuthCramMD5, mail.SMTPAuthPlainNoEnc, mail.SMTPAuthLoginNoEnc}
)

func (s Sender) deliver(ctx context.Context, to config.Mail, password string, letter *mail.Msg) error {
	tlsConfig := &tls.Config{ServerName: to.Host, RootCAs: s.Roots, MinVersion: tls.VersionTLS12}
	policy, ways := mail.NoTLS, mechanisms
	switch to.TLS {
	case config.StartTLS:
		policy = mail.TLSMandatory
	case config.NoTLS:
		ways = mechanismsClear
	}
	options := []mail.Option{
		mail.WithPort(to.Port), mail.WithTimeout(tryLimit), mail.WithTLSPolicy(policy), mail.WithTLSConfig(tlsConfig),
		mail.WithDialContextFunc(dial(ctx, to.TLS == config.ImplicitTLS, tlsConfig)),
	}
	if to.Username != "" {
		options = append(options, mail.WithOpportunisticSMTPAuth(ways...), mail.WithUsername(to.Username), mail.WithPassword(password))
	}
	client, err := mail.NewClient(to.Host, options...)
	if err != nil {
		return refusal{err, ""}
	}
	if err := client.DialWithContext(ctx); err != nil {
		return judgeMail(err)
	}
	defer client.Close() // a failed farewell is no failure: the mail is there
	return judgeMail(client.Send(letter))
}

// dial connects for as long as ctx, which is that of a try, lasts.
func dial(try context.Context, implicit bool, tlsConfig *tls.Config) mail.DialContextFunc {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
		if err != nil {
			return nil, err
		}
		context.AfterFunc(try, func() { conn.Close() })
		if !implicit {
			return conn, nil
		}
		safe := tls.Client(conn, tlsConfig)
		return safe, safe.HandshakeContext(ctx)
	}
}

// judgeMail tells refusals from passing trouble.
func judgeMail(err error) error {
	var reply *textproto.Error
	var sent *mail.SendError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &reply) && reply.Code == 535:
		return refusal{err, "The server rejected the username or the password."}
	case errors.As(err, &reply) && reply.Code >= 500:
		return refusal{err, ""}
	case errors.As(err, &sent) && sent.ErrorCode() >= 500:
		return refusal{err, "Check that the server accepts mail from this sender to these recipients."}
	case strings.Contains(err.Error(), "does not support STARTTLS"): // the library has no other sign
		return refusal{err, `Check the port; tls = "implicit" is for port 465.`}
	case errors.Is(err, mail.ErrNoSupportedAuthDiscovered), strings.Contains(err.Error(), "does not support SMTP AUTH"):
		return refusal{err, "The server does not offer a login on this port: remove username and password, or use another port."}
	}
	return err
}
