package sftp

import (
	"cmp"
	"context"
	"errors"
	"io"
	"net"
	"slices"
	"sync/atomic"
	"time"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/proxy"
	"github.com/vmxsync/vmxsync/providers/retry"
	"github.com/vmxsync/vmxsync/providers/sftp/account"
	"github.com/vmxsync/vmxsync/providers/sftp/hostkey"
)

// dialer makes the sessions of one store.
type dialer struct {
	settings *account.Settings
	waits    account.Waits
	net      *net.Dialer
	target   endpoint
	jump     *endpoint    // the jump host; nil: none
	proxy    *proxy.Proxy // nil: none
	trace    *providers.Trace
	hidden   hidden
}

// endpoint is one SSH server and how to log in there.
type endpoint struct {
	address string
	user    string
	login   credentials
	keys    *hostkey.Keys
	shown   atomic.Pointer[handshake] // the first that led to a login
}

func newDialer(ctx context.Context, s *account.Settings, secrets providers.Secrets) (*dialer, error) {
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
	d := &dialer{
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

// serverKey is the host key that has led to a login, and what trusts it; nil: none has.
func (d *dialer) serverKey() (key ssh.PublicKey, trustedBy string) {
	if shown := d.target.shown.Load(); shown != nil {
		return shown.trusted, d.target.keys.Source()
	}
	return nil, ""
}

// dial opens a session. Its errors are ErrUnreachable or ErrLogin.
func (d *dialer) dial(ctx context.Context) (*session, error) {
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
func (d *dialer) open(ctx context.Context) (*session, error) {
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

// skipped are the types of host keys that a server is not to show again.
type skipped map[*hostkey.Keys][]string

// add reports whether the type is new.
func (k skipped) add(keys *hostkey.Keys, keyType string) bool {
	if slices.Contains(k[keys], keyType) {
		return false
	}
	k[keys] = append(k[keys], keyType)
	return true
}

// of is algorithms without those of the skipped types.
func (k skipped) of(keys *hostkey.Keys, algorithms []string) []string {
	return slices.DeleteFunc(algorithms, func(a string) bool { return slices.Contains(k[keys], hostkey.TypeOf(a)) })
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
func (d *dialer) connect(ctx context.Context, skip skipped) (*session, error) {
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
func (d *dialer) reach(ctx context.Context, trace *providers.SessionTrace, skip skipped) (net.Conn, error) {
	if d.jump != nil {
		return d.throughJump(ctx, trace, skip)
	}
	trace.Sent("connect to " + d.target.address)
	return d.tcp(ctx, d.target.address)
}

func (d *dialer) tcp(ctx context.Context, address string) (net.Conn, error) {
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
		return &expiry{named: named, after: wait}
	}
	return err
}

// open takes a connection through the handshake and the login.
func (e *endpoint) open(ctx context.Context, raw net.Conn, w account.Waits, trace *providers.SessionTrace, skip skipped) (*ssh.Client, error) {
	methods, closeAgent, err := e.login.methods()
	defer closeAgent()
	if err != nil {
		return nil, &step{stepLogin, err}
	}
	limited, cancel := context.WithTimeout(ctx, 2*w.Connect)
	defer cancel()
	defer context.AfterFunc(limited, func() { raw.Close(); closeAgent() })() // an agent may wait for a person
	h := &handshake{endpoint: e, trace: trace}
	c, channels, requests, err := ssh.NewClientConn(raw, e.address, h.config(methods, skip))
	if err != nil {
		return nil, h.failed(slowly(limited, err, connectTimeout, 2*w.Connect))
	}
	e.shown.CompareAndSwap(nil, h)
	return ssh.NewClient(c, channels, requests), nil
}

// handshake is one of an endpoint, as far as it has come.
type handshake struct {
	endpoint   *endpoint
	trace      *providers.SessionTrace
	algorithms []string
	verdict    error // on the host key
	trusted    ssh.PublicKey
}

func (h *handshake) config(methods []ssh.AuthMethod, skip skipped) *ssh.ClientConfig {
	e := h.endpoint
	h.algorithms = skip.of(e.keys, e.keys.Algorithms(e.address))
	if before := e.shown.Load(); before != nil {
		h.algorithms = before.algorithms
	}
	return &ssh.ClientConfig{
		User: e.user, Auth: methods, HostKeyCallback: h.check, HostKeyAlgorithms: h.algorithms, ClientVersion: "SSH-2.0-vmxsync",
	}
}

func (h *handshake) check(address string, remote net.Addr, key ssh.PublicKey) error {
	h.trace.Received("host key " + key.Type() + " " + ssh.FingerprintSHA256(key))
	h.verdict = h.endpoint.keys.Check(address, remote, key)
	if h.verdict == nil {
		h.trusted = key
		h.trace.Sent("log in as " + h.endpoint.user)
	}
	return h.verdict
}

// failed names the step. What the library says of a login begins with its own name.
func (h *handshake) failed(err error) error {
	switch {
	case h.verdict != nil:
		return &step{stepHandshake, h.verdict}
	case h.trusted == nil:
		return &step{stepHandshake, plainly(err)}
	case isCut(err) || errors.As(err, new(*expiry)):
		return &step{stepLogin, plainly(err)}
	}
	return &step{stepLogin, &badLogin{err: plainly(err)}}
}

// badLogin is the end of a login at a trusted server that was neither cut nor too slow:
// a refusal of everything that it had to show, a question that it has no answer to, or
// an agent that does not sign. The library has no type for these. Another try would end
// like it, and bring the account nearer to being locked.
type badLogin struct{ err error }

func (b *badLogin) Error() string   { return b.err.Error() }
func (b *badLogin) Unwrap() []error { return []error{providers.ErrLogin, b.err} }

// session opens the SFTP channel of a connection, which it closes where that fails.
func (d *dialer) session(ctx context.Context, client *ssh.Client, close func(), trace *providers.SessionTrace) (*session, error) {
	limited, cancel := context.WithTimeout(ctx, d.waits.Connect)
	defer cancel()
	s := &session{waits: d.waits, ssh: client, close: close, trace: trace, hidden: d.hidden}
	s.watch.expire = func(e *expiry) {
		s.expired.CompareAndSwap(nil, e)
		s.Discard()
	}
	stop := context.AfterFunc(limited, s.Discard)
	err := s.subsystem()
	if !stop() && err == nil {
		err = errClosed
	}
	if err != nil {
		s.Discard()
		return nil, &step{stepSubsystem, slowly(limited, plainly(err), connectTimeout, d.waits.Connect)}
	}
	trace.Received("server " + string(client.ServerVersion()))
	return s, nil
}

// subsystem asks for SFTP, and watches what moves on its channel.
func (s *session) subsystem() error {
	channel, err := s.ssh.NewSession()
	if err != nil {
		return err
	}
	in, err := channel.StdinPipe()
	if err != nil {
		return err
	}
	out, err := channel.StdoutPipe()
	if err != nil {
		return err
	}
	complaints, err := channel.StderrPipe()
	if err != nil {
		return err
	}
	go io.Copy(io.Discard, complaints) // it shares its window with the replies
	if err := channel.RequestSubsystem("sftp"); err != nil {
		return &noSubsystem{err}
	}
	return s.speak(out, in)
}

// speak begins SFTP on a channel.
func (s *session) speak(out io.Reader, in io.WriteCloser) (err error) {
	s.client, err = sftp.NewClientPipe(s.watch.reader(out), s.watch.writer(in))
	return err
}

// over is a session on a channel of the caller's own, without traces and bounds.
func over(c *ssh.Client, out io.Reader, in io.WriteCloser, close func()) (*session, error) {
	s := &session{ssh: c, close: close, trace: (*providers.Trace)(nil).Session()}
	return s, s.speak(out, in)
}

// noSubsystem is an account that may log in, but not for SFTP.
type noSubsystem struct{ err error }

func (n *noSubsystem) Error() string {
	return "the server refused the subsystem sftp: " + n.err.Error()
}
func (n *noSubsystem) Unwrap() error { return n.err }

// isCrowded reports whether a dial may have failed because of the sessions that are open
// already: sshd drops connections above MaxStartups before its first word, a jump host
// does the same, and others let them log in first.
func isCrowded(err error) bool {
	if errors.Is(err, providers.ErrLogin) {
		return true
	}
	isDropped := isStep(err, stepHandshake) || isStep(err, stepLogin) || isStep(err, stepSubsystem)
	return isDropped && !errors.As(err, new(*hostkey.Error)) && isCut(err)
}

// isCut reports whether the server, or the network, has ended the connection. What is
// lost with an agent has no such types.
func isCut(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) ||
		errors.As(err, new(*net.OpError)) || mentions(err.Error(), partings...)
}

// partings are the reasons to disconnect that say nothing of the login (RFC 4253, section
// 11.1): host not allowed, service not available, connection lost, too many connections.
var partings = []string{"MaxStartups", "disconnect, reason 1:", "disconnect, reason 7:", "disconnect, reason 10:", "disconnect, reason 12:"}

// explain gives a failed dial its sentinel and its way out.
func (d *dialer) explain(err error) error {
	err = d.hidden.error(err)
	if errors.Is(err, providers.ErrLogin) {
		return providers.WithHint(err, d.loginHint(err))
	}
	return providers.WithHint(&retry.Unreachable{Err: err}, cmp.Or(providers.Hint(err), d.dialHint(err)))
}
