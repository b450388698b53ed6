package wire

import (
	"cmp"
	"context"
	"errors"
	"net"
	"time"

	"golang.org/x/crypto/ssh"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/proxy"
	"github.com/vmxsync/vmxsync/providers/retry"
	"github.com/vmxsync/vmxsync/providers/sftp/account"
	"github.com/vmxsync/vmxsync/providers/sftp/hostkey"
)

// Dialer makes the sessions of one store.
type Dialer struct {
	settings *account.Settings
	waits    account.Waits
	net      *net.Dialer
	target   endpoint
	jump     *endpoint    // the jump host; nil: none
	proxy    *proxy.Proxy // nil: none
	trace    *providers.Trace
	hidden   hidden
}

func NewDialer(ctx context.Context, s *account.Settings, secrets providers.Secrets) (*Dialer, error) {
	var hidden hidden
	secrets = hidden.resolving(secrets)
	login, err := openCredentials(ctx, s, secrets)
	if err != nil {
		return nil, err
	}
	keys, err := hostkey.Open("host_key", s.HostKey, s.KnownHosts)
	if err != nil {
		return nil, err
	}
	every := time.Duration(s.Keepalive)
	d := &Dialer{
		settings: s,
		waits:    s.Waits(),
		net:      &net.Dialer{KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: every, Interval: every, Count: 8}},
		target:   endpoint{address: s.Address(), user: s.Username, login: login, keys: keys},
		trace:    providers.TraceOf(ctx),
	}
	if d.jump, err = openJump(ctx, s, login, secrets); err == nil && d.jump == nil {
		d.proxy, err = proxy.Open(ctx, s.Proxy, s.ProxyPassword, secrets)
	}
	d.hidden = hidden
	return d, err
}

// ServerKey is the host key that has led to a login, and what trusts it; nil: none has.
func (d *Dialer) ServerKey() (key ssh.PublicKey, trustedBy string) {
	if shown := d.target.shown.Load(); shown != nil {
		return shown.trusted, d.target.keys.Source()
	}
	return nil, ""
}

// Dial opens a session. Its errors are ErrUnreachable or ErrLogin.
func (d *Dialer) Dial(ctx context.Context) (*Session, error) {
	s, err := d.open(ctx)
	if err == nil {
		return s, nil
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	return nil, d.explain(err)
}

// open connects, again with other algorithms where the server has shown a key that is
// not the trusted one: it may have that as well.
func (d *Dialer) open(ctx context.Context) (*Session, error) {
	skip := skipped{}
	s, err := d.connect(ctx, skip)
	for first := err; ; s, err = d.connect(ctx, skip) {
		no, untrusted := errors.AsType[*hostkey.Error](err)
		switch {
		case err == nil:
			return s, nil
		case !untrusted || !no.MayHaveAnother() || !skip.add(no.Keys(), no.Key.Type()):
			return nil, first
		}
	}
}

// step says how far a dial came.
type step struct {
	name string
	err  error
}

func (s *step) Error() string { return s.name + ": " + s.err.Error() }
func (s *step) Unwrap() error { return s.err }

// The steps of a dial.
const (
	stepConnect   = "connect"
	stepJump      = "jump host"
	stepHandshake = "handshake"
	stepLogin     = "login"
	stepSubsystem = "sftp"
)

// connect goes all the way once.
func (d *Dialer) connect(ctx context.Context, skip skipped) (*Session, error) {
	trace := d.trace.Session()
	raw, err := d.reach(ctx, trace, skip)
	if err != nil {
		return nil, err
	}
	client, err := d.target.open(ctx, raw, d.waits, trace, skip)
	if err != nil {
		raw.Close()
		return nil, err
	}
	return d.session(ctx, client, func() { client.Close(); raw.Close() }, trace)
}

// reach connects to the server, directly, through a proxy or through a jump host.
func (d *Dialer) reach(ctx context.Context, trace *providers.SessionTrace, skip skipped) (net.Conn, error) {
	if d.jump != nil {
		return d.throughJump(ctx, trace, skip)
	}
	trace.Sent("connect to " + d.target.address)
	return d.tcp(ctx, d.target.address)
}

func (d *Dialer) tcp(ctx context.Context, address string) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, d.waits.Connect)
	defer cancel()
	c, err := d.proxy.Reach(ctx, d.net, address)
	if err != nil {
		return nil, &step{stepConnect, slowly(ctx, err, connectTimeout, d.waits.Connect)}
	}
	return c, nil
}

// slowly is err, or that the wait of ctx is over.
func slowly(ctx context.Context, err error, named string, wait time.Duration) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return &Expiry{named: named, after: wait}
	}
	return err
}

// explain gives a failed dial its sentinel and its way out.
func (d *Dialer) explain(err error) error {
	err = d.hidden.error(err)
	if errors.Is(err, providers.ErrLogin) {
		return providers.WithHint(err, d.loginHint(err))
	}
	return providers.WithHint(&retry.Unreachable{Err: err}, cmp.Or(providers.Hint(err), d.dialHint(err)))
}
