package wire

import (
	"context"
	"crypto/tls"
	"net"
	"sync/atomic"
	"time"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp/account"
	"github.com/vmxsync/vmxsync/providers/ftp/charset"
	"github.com/vmxsync/vmxsync/providers/proxy"
)

// Dialer makes the sessions of one store.
type Dialer struct {
	Settings *account.Settings
	Waits    account.Waits
	Net      proxy.Dialer // a net.Dialer, outside of tests
	Proxy    *proxy.Proxy // nil: none
	Password string
	Charset  *charset.Charset // of names; nil: UTF-8
	Pace     *providers.Pace  // of content; nil: no limit
	Trace    *providers.Trace
	Tell     func(notice string)
	Fits     func(n int) bool // the server reads a line of n bytes as one

	TLS    *tls.Config                        // nil: plain
	noEPSV atomic.Bool                        // its ports cannot be reached, those of PASV can
	shown  atomic.Pointer[providers.Identity] // of the first session; nil without TLS
}

// NewDialer makes sessions of an account, directly, in UTF-8, untraced and silent.
func NewDialer(s *account.Settings, password string) (*Dialer, error) {
	config, err := tlsConfig(s)
	if err != nil {
		return nil, err
	}
	every := time.Duration(s.Keepalive)
	return &Dialer{
		Settings: s,
		Waits:    s.Waits(),
		Net:      &net.Dialer{KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: every, Interval: every, Count: 8}},
		Password: password,
		Pace:     s.Pace(),
		Tell:     func(string) {},
		Fits:     func(int) bool { return true },
		TLS:      config,
	}, nil
}

// Redact is text without the password.
func (d *Dialer) Redact(text string) string { return Redact(text, d.Password) }

// AvoidsEPSV reports whether PASV is used because the ports of EPSV cannot be reached.
func (d *Dialer) AvoidsEPSV() bool { return d.noEPSV.Load() }

// Dial connects and logs in. Its errors are ErrUnreachable or ErrLogin.
func (d *Dialer) Dial(ctx context.Context) (*Session, error) {
	s, err := d.open(ctx)
	if err == nil {
		d.remember(s)
		return s, nil
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	return nil, d.explain(err)
}

func (d *Dialer) open(ctx context.Context) (*Session, error) {
	ctx, cancel := context.WithTimeout(ctx, 2*(d.Waits.Connect+d.Waits.IO))
	defer cancel()
	raw, err := d.connect(ctx, d.Settings.Address())
	if err != nil {
		return nil, &Step{Name: "connect", Err: err}
	}
	s := d.session(raw)
	stop := context.AfterFunc(ctx, s.kill)
	err = login{s}.open()
	if !stop() && err == nil {
		err = &Step{Name: "login", Err: ctx.Err()}
	}
	if err != nil {
		s.Discard()
		return nil, err
	}
	return s, nil
}

func (d *Dialer) session(raw *conn) *Session {
	raw.prompt = true
	s := &Session{Dialer: d, control: newControl(raw, newTrace(d.Trace.Session(), d.Password))}
	s.control.noEPSV, s.control.fits = &d.noEPSV, d.Fits
	life, kill := context.WithCancelCause(context.Background())
	s.Life, s.kill = life, func() { kill(errAborted) }
	context.AfterFunc(s.Life, raw.abort)
	if d.TLS != nil {
		secureBy(s, d.TLS)
	}
	s.control.patience(d.Waits.Connect, connectTimeout)
	return s
}

// step says how far a dial came.
type Step struct {
	Name string
	Err  error
}

func (s *Step) Error() string { return s.Name + ": " + s.Err.Error() }
func (s *Step) Unwrap() error { return s.Err }
