package sftp

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"net/url"
	"strings"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/proxy"
)

const (
	jumpScheme = "ssh"
	jumpPort   = "22"
)

// parseJump reads the URL of a jump host, nil where the text is of another scheme. It
// never repeats the text, which may hold a password.
func parseJump(text string) (u *url.URL, why string) {
	if !strings.HasPrefix(text, jumpScheme+"://") {
		return nil, ""
	}
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" {
		return nil, "It is not a URL."
	}
	_, hasPassword := u.User.Password()
	switch {
	case hasPassword:
		return nil, "It contains a password; set proxy_password to a reference instead."
	case u.Port() != "" && !proxy.IsPort(u.Port()):
		return nil, "The port is not between 1 and 65535."
	case strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "":
		return nil, "It has text after the port."
	}
	return u, ""
}

// checkProxy reports what is wrong with proxy and what belongs to it.
func (s *Settings) checkProxy() []providers.Problem {
	jump, why := parseJump(s.Proxy)
	switch {
	case why != "":
		return one("proxy", "Invalid proxy", "%s Write \"ssh://user@host:22\" for a jump host.", why)
	case jump != nil:
		return nil
	case len(s.ProxyHostKey) > 0:
		return one("proxy_host_key", "Host key without a jump host", "proxy_host_key is for a jump host: set proxy = \"ssh://user@host:22\", or remove proxy_host_key.")
	}
	return proxy.Check(s.Proxy, s.ProxyPassword)
}

// openJump is the jump host of the settings, nil without one. The private key and the
// agent are shown to both; a password is not: that of the jump host is proxy_password.
func openJump(ctx context.Context, s *Settings, login credentials, secrets providers.Secrets) (*endpoint, error) {
	u, why := parseJump(s.Proxy)
	if why != "" {
		return nil, fmt.Errorf("proxy: %s", why)
	}
	if u == nil {
		return nil, nil
	}
	keys, err := trusted("proxy_host_key", s.ProxyHostKey, s.KnownHosts)
	if err != nil {
		return nil, err
	}
	login.password, err = resolve(ctx, s.ProxyPassword, secrets)
	return &endpoint{
		address: net.JoinHostPort(u.Hostname(), cmp.Or(u.Port(), jumpPort)),
		user:    cmp.Or(u.User.Username(), s.Username),
		login:   login,
		keys:    keys,
	}, err
}

// throughJump logs in at the jump host, and has it connect to the server. The
// connection that it returns closes the one to the jump host as well.
func (d *dialer) throughJump(ctx context.Context, trace *providers.SessionTrace, skip skipped) (net.Conn, error) {
	trace.Sent("connect to " + d.jump.address)
	raw, err := d.tcp(ctx, d.jump.address)
	if err != nil {
		return nil, &step{stepJump, err}
	}
	host, err := d.jump.open(ctx, raw, d.waits, trace, skip)
	if err != nil {
		raw.Close()
		return nil, &step{stepJump, err}
	}
	limited, cancel := context.WithTimeout(ctx, d.waits.connect)
	defer cancel()
	trace.Sent("connect to " + d.target.address + " from there")
	c, err := host.DialContext(limited, "tcp", d.target.address)
	if err != nil {
		host.Close()
		raw.Close()
		return nil, &step{stepJump, &step{stepConnect, slowly(limited, plainly(err), connectTimeout, d.waits.connect)}}
	}
	return &jumped{Conn: c, close: func() { raw.Close(); host.Close() }}, nil
}

// jumped is a connection through a jump host.
type jumped struct {
	net.Conn
	close func()
}

// Close closes the connection to the jump host first: what is closed in a protocol waits
// behind a write that a dead network holds.
func (j *jumped) Close() error {
	j.close()
	return j.Conn.Close()
}
