package ftp_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp"
	"github.com/vmxsync/vmxsync/providers/ftp/ftptest"
)

// behind is the name of this machine that only proxies know.
const behind = "nas.invalid"

// throughProxy is settings for srv by its name behind p.
func throughProxy(p *proxy, s *ftp.Settings) *ftp.Settings {
	s.Host, s.Proxy = behind, p.url()
	if s.TLS.Mode != ftp.Off {
		s.TLS.ServerName = "localhost"
	}
	return s
}

func TestProxy_carriesBothKindsOfConnections(t *testing.T) {
	servers := map[string]func(*testing.T) *ftptest.Server{
		"plain":    func(t *testing.T) *ftptest.Server { return ftptest.New(t, ftptest.Options{}) },
		"explicit": func(t *testing.T) *ftptest.Server { return ftptest.New(t, ftptest.Options{TLS: ftptest.Explicit}) },
		"vsftpd":   func(t *testing.T) *ftptest.Server { return ftptest.NewReal(t, "vsftpd", ftptest.RealOptions{}) },
		"vsftpd-tls": func(t *testing.T) *ftptest.Server {
			return ftptest.NewReal(t, "vsftpd", ftptest.RealOptions{TLS: ftptest.Implicit})
		},
	}
	for _, scheme := range []string{"socks5", "http"} {
		for name, start := range servers {
			t.Run(scheme+"/"+name, func(t *testing.T) {
				srv := start(t)
				p := newProxy(t, proxy{scheme: scheme})
				exchange(t, open(t, throughProxy(p, settingsFor(srv)), srv.Password))
				asked := p.targets()
				if len(asked) < 5 || asked[0] != fmt.Sprintf("%s:%d", behind, srv.Port) {
					t.Errorf("the proxy was asked for %q, want the server and its data connections", asked)
				}
				if i := slices.IndexFunc(asked, func(a string) bool { return !strings.HasPrefix(a, behind+":") }); i >= 0 {
					t.Errorf("the proxy was asked for %q, want names that it resolves itself", asked[i])
				}
			})
		}
	}
}

func TestProxy_isOpenedByItsPassword(t *testing.T) {
	for _, scheme := range []string{"socks5", "http"} {
		srv := ftptest.New(t, ftptest.Options{})
		p := newProxy(t, proxy{scheme: scheme, user: "anna", password: "hunter2"})
		for password, want := range map[string]string{"": "set `proxy_password`", "wrong": `file("/etc/proxy.password")`, "hunter2": ""} {
			s := throughProxy(p, settingsFor(srv))
			s.Proxy = strings.Replace(s.Proxy, "://", "://anna@", 1)
			if password != "" {
				s.ProxyPassword = providers.Reference{Kind: providers.FileReference, Name: "/etc/proxy.password"}
			}
			store, err := ftp.Open(t.Context(), s, twoSecrets(srv.Password, password))
			if err != nil {
				t.Fatal(err)
			}
			_, err = store.Stat(t.Context(), ".")
			store.Close()
			if (err == nil) != (want == "") || !strings.Contains(providers.Hint(err), want) {
				t.Errorf("%s, password %q: got %v, hint %q", scheme, password, err, providers.Hint(err))
			}
			if text := fmt.Sprint(err, providers.Hint(err)); strings.Contains(text, "hunter2") || strings.Contains(text, "wrong") {
				t.Errorf("%s: the error shows the password: %s", scheme, text)
			}
		}
	}
}

// twoSecrets are the passwords of an account and of a proxy.
func twoSecrets(account, proxy string) providers.Secrets {
	return func(_ context.Context, r providers.Reference) (string, error) {
		if r.Name == reference.Name {
			return account, nil
		}
		return proxy, nil
	}
}

func TestProxy_isNamedByErrors(t *testing.T) {
	for _, scheme := range []string{"socks5", "http"} {
		srv := ftptest.New(t, ftptest.Options{})
		closed := newProxy(t, proxy{scheme: scheme})
		closed.listener.Close()
		strict := newProxy(t, proxy{scheme: scheme, allow: func(int) bool { return false }})
		control := newProxy(t, proxy{scheme: scheme, allow: func(port int) bool { return port == srv.Port }})
		for name, c := range map[string]struct {
			p    *proxy
			want string
		}{
			"not there":       {closed, "cannot be reached: check `proxy`"},
			"refuses all":     {strict, "answers but cannot reach nas.invalid"},
			"refuses passive": {control, "allow the passive ports of the server"},
		} {
			_, err := open(t, throughProxy(c.p, settingsFor(srv)), srv.Password).List(t.Context(), ".")
			hint := providers.Hint(err)
			if err == nil || !strings.Contains(hint, c.want) || !strings.Contains(hint, c.p.url()) || !strings.Contains(err.Error(), c.p.url()) {
				t.Errorf("%s, %s: got %v, hint %q, want %q", scheme, name, err, hint, c.want)
			}
			if errors.Is(err, providers.ErrUnreachable) != (name != "refuses passive") {
				t.Errorf("%s, %s: ErrUnreachable is %v", scheme, name, errors.Is(err, providers.ErrUnreachable))
			}
		}
	}
}

func TestProxy_thatFallsSilentDoesNotHangACall(t *testing.T) {
	for _, scheme := range []string{"socks5", "http"} {
		srv := newScript(t, nil)
		before := goleak.IgnoreCurrent()
		p := newProxy(t, proxy{scheme: scheme, silent: true})
		s := throughProxy(p, srv.settings())
		s.Timeouts = brief(soon)
		if _, err := open(t, s, "x").Stat(t.Context(), "f"); !errors.Is(err, providers.ErrUnreachable) {
			t.Errorf("%s: got %v", scheme, err)
		}
		<-p.heard
		s.Timeouts = nil
		store := open(t, s, "x")
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			<-p.heard
			cancel()
		}()
		if _, err := store.Stat(ctx, "f"); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: got %v, want %v", scheme, err, context.Canceled)
		}
		store.Close()
		p.listener.Close()
		goleak.VerifyNone(t, before)
	}
}

// After a FIN the server would take what it has for the whole file.
func TestProxy_seesAResetWhenAnUploadIsCancelled(t *testing.T) {
	for _, scheme := range []string{"socks5", "http"} {
		ends := make(chan error, 1)
		srv := newScript(t, verbs{"STOR": func(c *scripted) string {
			fmt.Fprint(c, "150 go on\r\n")
			d := c.accepted()
			defer d.Close()
			_, err := io.Copy(io.Discard, d)
			ends <- err
			return "hang up"
		}})
		p := newProxy(t, proxy{scheme: scheme})
		ctx, cancel := context.WithCancel(t.Context())
		err := open(t, throughProxy(p, srv.settings()), "x").Put(ctx, "file", endless{cancel})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: got %v, want %v", scheme, err, context.Canceled)
		}
		if err := <-ends; err == nil {
			t.Errorf("%s: the server saw an orderly end of the upload", scheme)
		}
	}
}

func TestProxy_isCheckedWhereItStands(t *testing.T) {
	ref := providers.Reference{Kind: providers.EnvReference, Name: "X"}
	for _, c := range []struct {
		proxy    string
		password providers.Reference
		want     string
	}{
		{"socks5://anna@proxy:1080", ref, ""},
		{"http://proxy:3128", providers.Reference{}, ""},
		{"https://proxy:3128", providers.Reference{}, "proxy"},
		{"proxy:3128", providers.Reference{}, "proxy"},
		{"socks5://proxy", providers.Reference{}, "proxy"},
		{"http://proxy:3128/x", providers.Reference{}, "proxy"},
		{"http://anna:hunter2@proxy:3128", providers.Reference{}, "proxy"},
		{"http://proxy:3128", ref, "proxy_password"},
		{"", ref, "proxy_password"},
	} {
		s := sound()
		s.Proxy, s.ProxyPassword = c.proxy, c.password
		got := s.Check()
		if c.want == "" && len(got) == 0 {
			continue
		}
		if len(got) != 1 || got[0].Attribute != c.want || strings.Contains(got[0].Detail, "hunter2") {
			t.Errorf("%s: got %+v, want a problem of %q", c.proxy, got, c.want)
		}
	}
}

// proxy is a small SOCKS5 or HTTP proxy. It knows behind as this machine.
type proxy struct {
	scheme         string
	user, password string         // demanded if set
	allow          func(int) bool // ports; nil: all
	silent         bool           // reads, and never answers

	listener net.Listener
	asked    chan string
	heard    chan struct{} // a silent one has, once for each connection
}

func newProxy(t *testing.T, p proxy) *proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p.listener, p.asked, p.heard = l, make(chan string, 1000), make(chan struct{}, 10)
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go p.serve(c)
		}
	}()
	return &p
}

func (p *proxy) url() string { return p.scheme + "://" + p.listener.Addr().String() }

// targets is what was asked for so far.
func (p *proxy) targets() []string {
	var all []string
	for len(p.asked) > 0 {
		all = append(all, <-p.asked)
	}
	return all
}

func (p *proxy) serve(c net.Conn) {
	defer c.Close()
	switch {
	case p.silent:
		c.Read(make([]byte, 1))
		p.heard <- struct{}{}
		io.Copy(io.Discard, c)
	case p.scheme == "http":
		p.serveHTTP(c)
	default:
		p.serveSOCKS(c)
	}
}

func (p *proxy) serveHTTP(c net.Conn) {
	r, err := http.ReadRequest(bufio.NewReader(c))
	if err != nil || r.Method != http.MethodConnect {
		return
	}
	r.Header.Set("Authorization", r.Header.Get("Proxy-Authorization"))
	if user, password, _ := r.BasicAuth(); user != p.user || password != p.password {
		io.WriteString(c, "HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")
		return
	}
	server := p.dial(r.Host)
	if server == nil {
		io.WriteString(c, "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
		return
	}
	io.WriteString(c, "HTTP/1.1 200 OK\r\nVia: test\r\n\r\n")
	splice(c, server)
}

// serveSOCKS is RFC 1928 and 1929, for names.
func (p *proxy) serveSOCKS(c net.Conn) {
	r := bufio.NewReader(c)
	p.take(r, int(p.take(r, 2)[1]))
	if p.user == "" {
		c.Write([]byte{5, 0})
	} else if c.Write([]byte{5, 2}); !p.login(c, r) {
		return
	}
	head := p.take(r, 5)
	if head[3] != 3 {
		c.Write([]byte{5, 8, 0, 1, 0, 0, 0, 0, 0, 0})
		return
	}
	name := string(p.take(r, int(head[4])))
	port := p.take(r, 2)
	server := p.dial(fmt.Sprintf("%s:%d", name, int(port[0])<<8|int(port[1])))
	if server == nil {
		c.Write([]byte{5, 2, 0, 1, 0, 0, 0, 0, 0, 0})
		return
	}
	c.Write([]byte{5, 0, 0, 1, 0, 0, 0, 0, 0, 0})
	splice(c, server)
}

func (p *proxy) login(c net.Conn, r *bufio.Reader) bool {
	user := string(p.take(r, int(p.take(r, 2)[1])))
	password := string(p.take(r, int(p.take(r, 1)[0])))
	ok := user == p.user && password == p.password
	c.Write([]byte{1, map[bool]byte{true: 0, false: 1}[ok]})
	return ok
}

// take reads n bytes; zeroes stand for an end.
func (p *proxy) take(r *bufio.Reader, n int) []byte {
	b := make([]byte, n)
	io.ReadFull(r, b)
	return b
}

func (p *proxy) dial(target string) *net.TCPConn {
	p.asked <- target
	u := url.URL{Host: target}
	port := 0
	fmt.Sscan(u.Port(), &port)
	if u.Hostname() != behind || p.allow != nil && !p.allow(port) {
		return nil
	}
	c, err := net.DialTimeout("tcp", fmt.Sprintf("127.0.0.1:%d", port), 10*time.Second)
	if err != nil {
		return nil
	}
	return c.(*net.TCPConn)
}

// splice hands on bytes, ends and resets, in both directions.
func splice(a net.Conn, b *net.TCPConn) {
	done := make(chan struct{})
	go func() {
		hand(b, a.(*net.TCPConn))
		close(done)
	}()
	hand(a.(*net.TCPConn), b)
	<-done
	b.Close()
}

func hand(from, to *net.TCPConn) {
	if _, err := io.Copy(to, from); err != nil {
		to.SetLinger(0)
		to.Close()
		return
	}
	to.CloseWrite()
}
