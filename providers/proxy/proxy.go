package proxy

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"

	xproxy "golang.org/x/net/proxy"

	"github.com/vmxsync/vmxsync/providers"
)

// Proxy leads to the server, by SOCKS5 or by the CONNECT of HTTP, and resolves
// its name. A nil Proxy is none.
type Proxy struct {
	url       *url.URL
	password  string
	reference providers.Reference // where the password came from
}

// String leaves the user out.
func (p *Proxy) String() string { return p.url.Scheme + "://" + p.url.Host }

func (p *Proxy) withUser(user string) string { return p.url.Scheme + "://" + user + "@" + p.url.Host }

// Open resolves the password of the proxy that a URL names; nil for no URL.
func Open(ctx context.Context, text string, password providers.Reference, secrets providers.Secrets) (*Proxy, error) {
	if text == "" {
		return nil, nil
	}
	u, err := parse(text)
	if err != nil {
		return nil, fmt.Errorf("proxy: %w", err)
	}
	p := &Proxy{url: u, reference: password}
	if password.IsZero() {
		return p, nil
	}
	p.password, err = secrets.Resolve(ctx, password)
	return p, err
}

// Dialer is a net.Dialer, outside of tests.
type Dialer interface {
	DialContext(ctx context.Context, network, address string) (net.Conn, error)
}

// tunnels are the ways through a proxy, by the scheme of its URL. On the
// connection to it they ask for address; ctx ends that.
var tunnels = map[string]func(p *Proxy, ctx context.Context, c net.Conn, address string) error{
	"socks5": (*Proxy).socks5,
	"http":   (*Proxy).connect,
}

// Reach connects by dialer to address, host:port, directly or through the proxy.
// Either way it is a TCP connection that comes back, which can be reset and half
// closed. The error of a proxy is an Error.
func (p *Proxy) Reach(ctx context.Context, dialer Dialer, address string) (net.Conn, error) {
	if p == nil {
		return dialer.DialContext(ctx, "tcp", address)
	}
	c, err := dialer.DialContext(ctx, "tcp", p.url.Host)
	if err != nil {
		return nil, &Error{proxy: p, err: err}
	}
	if err := tunnels[p.url.Scheme](p, ctx, c, address); err != nil {
		c.Close()
		return nil, &Error{proxy: p, target: address, err: cmp.Or(ctx.Err(), err)}
	}
	return c, nil
}

func (p *Proxy) socks5(ctx context.Context, c net.Conn, address string) error {
	var auth *xproxy.Auth
	if user := p.url.User.Username(); user != "" {
		auth = &xproxy.Auth{User: user, Password: p.password}
	}
	through, err := xproxy.SOCKS5("tcp", p.url.Host, auth, dialled{c})
	if err != nil {
		return err
	}
	_, err = through.(xproxy.ContextDialer).DialContext(ctx, "tcp", address)
	if op, ok := err.(*net.OpError); ok {
		return op.Err // its frame is that of Error
	}
	return err
}

// dialled is a connection for who wants to dial it.
type dialled struct{ net.Conn }

func (d dialled) Dial(string, string) (net.Conn, error) { return d.Conn, nil }
func (d dialled) DialContext(context.Context, string, string) (net.Conn, error) {
	return d.Conn, nil
}

// connect leaves what the server says after the answer of the proxy unread.
func (p *Proxy) connect(ctx context.Context, c net.Conn, address string) error {
	stop := context.AfterFunc(ctx, func() { c.SetDeadline(time.Unix(1, 0)) })
	request := p.connectRequest(address)
	answer, err := exchange(c, request)
	if !stop() {
		return ctx.Err()
	}
	if err != nil {
		return err
	}
	if answer.StatusCode/100 != 2 {
		return &notConnected{code: answer.StatusCode, status: answer.Status}
	}
	return nil
}

func (p *Proxy) connectRequest(address string) *http.Request {
	r := &http.Request{Method: http.MethodConnect, Host: address, URL: &url.URL{Opaque: address}, Header: http.Header{"User-Agent": {"vmxsync"}}}
	if user := p.url.User.Username(); user != "" {
		r.SetBasicAuth(user, p.password)
		r.Header["Proxy-Authorization"] = r.Header["Authorization"]
		r.Header.Del("Authorization")
	}
	return r
}

// maxHeader bounds the answer of a proxy.
const maxHeader = 64 << 10

func exchange(c net.Conn, request *http.Request) (*http.Response, error) {
	if err := request.Write(c); err != nil {
		return nil, err
	}
	return http.ReadResponse(bufio.NewReader(slowly{io.LimitReader(c, maxHeader)}), request)
}

// slowly reads byte by byte, so that no buffer takes more than was asked for.
type slowly struct{ io.Reader }

func (s slowly) Read(p []byte) (int, error) { return s.Reader.Read(p[:min(len(p), 1)]) }

// notConnected is the refusal of an HTTP proxy.
type notConnected struct {
	code   int
	status string
}

func (n *notConnected) Error() string { return fmt.Sprintf("proxy replied %.80q", n.status) }
