package ftp

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/textproto"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/jlaffaye/ftp"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/proxy"
)

// dialer makes the sessions of one store.
type dialer struct {
	settings  *Settings
	waits     waits
	net       proxy.Dialer
	tls       *tls.Config // nil: plain
	password  string
	reference providers.Reference // where the password came from
	proxy     *proxy.Proxy        // nil: none
	charset   *charset            // of names; nil: UTF-8
	pace      *providers.Pace     // of content; nil: no limit
	trace     *providers.Trace
	tell      func(notice string)
	lines     lines                              // how long they may be
	blanks    atomic.Int32                       // in the path of a LIST; blanksUnknown at first
	oddFacts  atomic.Bool                        // replies to MLST are not understood
	noEPSV    atomic.Bool                        // its ports cannot be reached, those of PASV can
	shown     atomic.Pointer[providers.Identity] // of the first session; nil without TLS
}

func newDialer(s *Settings, tls *tls.Config, password string, t *providers.Trace) *dialer {
	every := time.Duration(s.Keepalive)
	return &dialer{
		settings:  s,
		waits:     s.waits(),
		net:       &net.Dialer{KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: every, Interval: every, Count: 8}},
		tls:       tls,
		password:  password,
		reference: s.Password,
		pace:      s.pace(),
		trace:     t,
	}
}

// dial connects and logs in. Its errors are ErrUnreachable or ErrLogin.
func (d *dialer) dial(ctx context.Context) (*session, error) {
	s, err := d.login(ctx)
	if err == nil {
		d.remember(s)
		return s, nil
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	return nil, d.explain(err)
}

func (d *dialer) login(ctx context.Context) (*session, error) {
	ctx, cancel := context.WithTimeout(ctx, 2*(d.waits.connect+d.waits.io))
	defer cancel()
	raw, err := d.tcp(ctx, d.settings.address())
	if err != nil {
		return nil, &step{"connect", err}
	}
	s := d.session(raw)
	stop := context.AfterFunc(ctx, s.kill)
	err = s.open()
	if !stop() && err == nil {
		err = &step{"login", ctx.Err()}
	}
	if err != nil {
		s.Discard()
		return nil, err
	}
	return s, nil
}

func (d *dialer) session(raw *conn) *session {
	raw.prompt = true
	s := &session{dialer: d, control: newControl(raw, newTrace(d.trace.Session(), d.password))}
	s.control.noEPSV, s.control.lines = &d.noEPSV, &d.lines
	life, kill := context.WithCancelCause(context.Background())
	s.life, s.kill = life, func() { kill(errAborted) }
	context.AfterFunc(s.life, raw.abort)
	if d.tls != nil {
		s.secureBy(d.tls)
	}
	s.control.patience(d.waits.connect, connectTimeout)
	return s
}

// step says how far a dial came.
type step struct {
	name string
	err  error
}

func (s *step) Error() string { return s.name + ": " + s.err.Error() }
func (s *step) Unwrap() error { return s.err }

// open takes a connected session through banner, TLS and login.
func (s *session) open() error {
	for _, next := range []struct {
		name string
		do   func() error
	}{
		{"implicit tls", s.secureAtOnce},
		{"banner", s.readBanner},
		{"auth tls", s.askForTLS},
		{"login", s.logIn},
		{"features", s.learn},
	} {
		if err := next.do(); err != nil {
			return &step{next.name, s.withAlert(err)}
		}
	}
	return nil
}

func (s *session) secureAtOnce() error {
	if s.dialer.settings.mode() != Implicit {
		return nil
	}
	return s.handshake()
}

// maxDelays is how often a server may say 120 before it is ready (RFC 959, 5.4).
const maxDelays = 3

func (s *session) readBanner() error {
	// "SSH-2.0-…" looks like the first of many lines to textproto.
	if head, err := s.control.textproto.R.Peek(4); err == nil && !startsReply(head) {
		return &noFTP{said: s.control.said.String()}
	}
	_, _, err := s.control.textproto.ReadResponse(220)
	for range maxDelays {
		if s.control.replies.complete || err == nil {
			break
		}
		if reply, ok := errors.AsType[*textproto.Error](err); !ok || reply.Code != 120 {
			break
		}
		_, _, err = s.control.textproto.ReadResponse(220)
	}
	return s.fault(err)
}

func startsReply(head []byte) bool {
	_, err := strconv.ParseUint(string(head[:3]), 10, 16)
	return err == nil && (head[3] == ' ' || head[3] == '-')
}

// noFTP is a greeting that no FTP server has.
type noFTP struct{ said string }

func (n *noFTP) Error() string {
	first, _, _ := strings.Cut(n.said, "\n")
	return fmt.Sprintf("server replied %.80q", strings.TrimSpace(first))
}

// askForTLS never goes on in clear.
func (s *session) askForTLS() error {
	if s.dialer.settings.mode() != Explicit {
		return nil
	}
	if _, err := s.say(234, "AUTH TLS"); err != nil {
		return err
	}
	return s.handshake()
}

func (s *session) handshake() error {
	client := tls.Client(s.control.Conn, s.tls)
	if err := s.control.secure(client); err != nil {
		return err
	}
	return client.HandshakeContext(s.life)
}

// logIn hands the connection to the library. TLS is in place already, so the
// library gets it only to make it ask for protected data connections.
// A server with good password hashing and bad hardware takes its time.
func (s *session) logIn() error {
	s.control.speak(s.dialer.charset)
	s.control.patience(s.dialer.waits.io, ioTimeout)
	var err error
	if s.library, err = s.client(); err != nil {
		return s.fault(err)
	}
	if s.lister, err = s.client(); err != nil {
		return s.fault(err)
	}
	return s.refusedLogin(s.library.Login(s.dialer.settings.user(), s.dialer.password))
}

// client makes the library believe that it has just connected. One that does
// not log in knows of no features, and so lists by LIST.
func (s *session) client() (*ftp.ServerConn, error) {
	s.control.greeting = []byte("220 \r\n")
	var made *ftp.ServerConn
	options := []ftp.DialOption{
		ftp.DialWithDialFunc(func(_, address string) (net.Conn, error) {
			if made == nil {
				return s.control, nil
			}
			return s.dialData(address)
		}),
		ftp.DialWithDisabledEPSV(!s.dialer.settings.EPSV),
		ftp.DialWithDisabledUTF8(true),
	}
	if s.tls != nil {
		options = append(options, ftp.DialWithTLS(s.tls))
	}
	var err error
	made, err = ftp.Dial(s.dialer.settings.address(), options...)
	return made, err
}

// refusedLogin finds the code of a refusal at USER, which the library drops.
func (s *session) refusedLogin(err error) error {
	if err == nil {
		return nil
	}
	credentials := s.control.verb == "USER" || s.control.verb == "PASS"
	code, text := s.control.lastReply()
	if !credentials || code < 300 {
		return s.fault(err)
	}
	r := refused(code, text).without(s.dialer.password)
	if r.many {
		return r
	}
	return &badLogin{r}
}

// learn asks what the server offers, and for UTF-8 where there is a choice.
func (s *session) learn() error {
	reply, err := s.say(211, "FEAT")
	var r *refusal
	if err != nil && !errors.As(err, &r) {
		return err
	}
	s.features = parseFeatures(reply)
	if !s.has("UTF8") || s.dialer.charset != nil {
		return nil
	}
	if _, err := s.say(2, "OPTS UTF8 ON"); err != nil && !errors.As(err, &r) {
		return err
	}
	return nil
}
