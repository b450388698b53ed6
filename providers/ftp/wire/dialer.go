package wire

import (
	"context"
	"crypto/tls"
	"net"
	"strings"
	"sync/atomic"
	"time"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp/account"
	"github.com/vmxsync/vmxsync/providers/ftp/certificate"
	"github.com/vmxsync/vmxsync/providers/ftp/charset"
	"github.com/vmxsync/vmxsync/providers/proxy"
)

func (d *Dialer) connect(ctx context.Context, address string) (*conn, error) {
	ctx, cancel := context.WithTimeout(ctx, d.Waits.Connect)
	defer cancel()
	c, err := d.Proxy.Reach(ctx, d.Net, address)
	if err != nil {
		return nil, err
	}
	return &conn{Conn: c, wait: d.Waits.IO, named: ioTimeout}, nil
}

// Connect connects to host:port, and says nothing there.
func (d *Dialer) Connect(ctx context.Context, address string) (net.Conn, error) {
	return d.connect(ctx, address)
}

// passive is where a data connection leads. Behind a proxy the address that
// the library took from the control connection is that of the proxy.
func (d *Dialer) passive(address string) string {
	if d.Proxy == nil {
		return address
	}
	_, port, _ := net.SplitHostPort(address)
	return net.JoinHostPort(strings.Trim(d.Settings.Host, "[]"), port)
}

// Dialer makes the sessions of one store.
type Dialer struct {
	Settings *account.Settings
	Waits    account.Waits
	Net      proxy.Dialer // a net.Dialer, outside of tests
	Proxy    *proxy.Proxy // nil: none
	Password string
	Charset  *charset.Charset // of names; nil: UTF-8
	Pace     *providers.Pace  // of content that is sent; nil: no limit
	Received *providers.Pace  // of content that is received
	Trace    *providers.Trace
	Tell     func(notice string)
	Fits     func(n int) bool // the server reads a line of n bytes as one

	TLS     *tls.Config                        // nil: plain
	noEPSV  atomic.Bool                        // its ports cannot be reached, those of PASV can
	reached atomic.Bool                        // the ports for data have been reached so far
	shown   atomic.Pointer[providers.Identity] // of the first session; nil without TLS
}

// NewDialer makes sessions of an account, directly, in UTF-8, untraced and silent.
func NewDialer(s *account.Settings, password string) (*Dialer, error) {
	config, err := certificate.Config(s)
	if err != nil {
		return nil, err
	}
	every := time.Duration(s.Keepalive)
	sent, received := s.Paces()
	return &Dialer{
		Settings: s,
		Waits:    s.Waits(),
		Net:      &net.Dialer{KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: every, Interval: every, Count: 8}},
		Password: password,
		Pace:     sent,
		Received: received,
		Tell:     func(string) {},
		Fits:     func(int) bool { return true },
		TLS:      config,
	}, nil
}

// Redact is text without the password.
func (d *Dialer) Redact(text string) string { return Redact(text, d.Password) }

// AvoidsEPSV reports whether PASV is used because the ports of EPSV cannot be reached.
func (d *Dialer) AvoidsEPSV() bool { return d.noEPSV.Load() }
