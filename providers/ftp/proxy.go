package ftp

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	xproxy "golang.org/x/net/proxy"

	"github.com/vmxsync/vmxsync/providers"
)

// proxy leads to the server, by SOCKS5 or by the CONNECT of HTTP, and resolves
// its name. A nil proxy is none.
type proxy struct {
	url      *url.URL
	password string
}

// String leaves the user out.
func (p *proxy) String() string { return p.url.Scheme + "://" + p.url.Host }

func (p *proxy) withUser(user string) string { return p.url.Scheme + "://" + user + "@" + p.url.Host }

func openProxy(ctx context.Context, s *Settings, secrets providers.Secrets) (*proxy, error) {
	if s.Proxy == "" {
		return nil, nil
	}
	u, why := parseProxy(s.Proxy)
	if why != "" {
		return nil, fmt.Errorf("proxy: %s", why)
	}
	p := &proxy{url: u}
	if s.ProxyPassword.IsZero() {
		return p, nil
	}
	var err error
	p.password, err = resolve(ctx, s.ProxyPassword, secrets)
	return p, err
}

// tunnels are the ways through a proxy, by the scheme of its URL. On the
// connection to it they ask for address; ctx ends that.
var tunnels = map[string]func(p *proxy, ctx context.Context, c net.Conn, address string) error{
	"socks5": (*proxy).socks5,
	"http":   (*proxy).connect,
}

// reach connects to address, directly or through the proxy. Either way it is a
// TCP connection that comes back, which can be reset and half closed.
func (d *dialer) reach(ctx context.Context, address string) (net.Conn, error) {
	if d.proxy == nil {
		return d.net.DialContext(ctx, "tcp", address)
	}
	c, err := d.net.DialContext(ctx, "tcp", d.proxy.url.Host)
	if err != nil {
		return nil, &proxyError{proxy: d.proxy, err: err}
	}
	if err := tunnels[d.proxy.url.Scheme](d.proxy, ctx, c, address); err != nil {
		c.Close()
		return nil, &proxyError{proxy: d.proxy, target: address, err: cmp.Or(ctx.Err(), err)}
	}
	return c, nil
}

// passive is where a data connection leads. Behind a proxy the address that
// the library took from the control connection is that of the proxy.
func (d *dialer) passive(address string) string {
	if d.proxy == nil {
		return address
	}
	_, port, _ := net.SplitHostPort(address)
	return net.JoinHostPort(strings.Trim(d.settings.Host, "[]"), port)
}

func (p *proxy) socks5(ctx context.Context, c net.Conn, address string) error {
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
		return op.Err // its frame is that of proxyError
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
func (p *proxy) connect(ctx context.Context, c net.Conn, address string) error {
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

func (p *proxy) connectRequest(address string) *http.Request {
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
