package wire

import (
	"cmp"
	"context"
	"fmt"
	"net"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/sftp/account"
	"github.com/vmxsync/vmxsync/providers/sftp/hostkey"
)

const jumpPort = "22"

// openJump is the jump host of the settings, nil without one. The private key and the
// agent are shown to both; a password is not: that of the jump host is proxy_password.
func openJump(ctx context.Context, s *account.Settings, login credentials, secrets providers.Secrets) (*endpoint, error) {
	u, why := account.ParseJump(s.Proxy)
	if why != "" {
		return nil, fmt.Errorf("proxy: %s", why)
	}
	if u == nil {
		return nil, nil
	}
	keys, err := hostkey.Open("proxy_host_key", s.ProxyHostKey, s.KnownHosts)
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
func (d *Dialer) throughJump(ctx context.Context, trace *providers.SessionTrace, skip skipped) (net.Conn, error) {
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
	limited, cancel := context.WithTimeout(ctx, d.waits.Connect)
	defer cancel()
	trace.Sent("connect to " + d.target.address + " from there")
	c, err := host.DialContext(limited, "tcp", d.target.address)
	if err != nil {
		host.Close()
		raw.Close()
		return nil, &step{stepJump, &step{stepConnect, slowly(limited, plainly(err), connectTimeout, d.waits.Connect)}}
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
