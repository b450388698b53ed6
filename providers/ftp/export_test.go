package ftp

import (
	"context"
	"crypto/tls"
	"net"
	"time"

	"github.com/vmxsync/vmxsync/providers"
)

// DoNotPause lets the tries of a call follow each other at once.
func DoNotPause(s *Store) {
	s.retry.Pause = func(ctx context.Context, _ int) error { return ctx.Err() }
}

// Network has a store dial by dial.
func Network(s *Store, dial func() (net.Conn, error)) { s.dialer.net = dialing(dial) }

type dialing func() (net.Conn, error)

func (d dialing) DialContext(context.Context, string, string) (net.Conn, error) { return d() }

// SessionTLS is the configuration of one control connection, and of its data
// connections.
func SessionTLS(s *Settings) (*tls.Config, error) {
	config, err := s.tlsConfig()
	if err != nil {
		return nil, err
	}
	session := &session{dialer: newDialer(s, config, "", nil)}
	session.secureBy(config)
	return session.tls, nil
}

// SetPace replaces the pace of a store.
func SetPace(s *Store, p *providers.Pace) { s.dialer.pace = p }

// SendBlock sends p on a data connection over c, on which a write may take
// wait.
func SendBlock(c net.Conn, wait time.Duration, pace *providers.Pace, p []byte) error {
	raw := &conn{Conn: c, wait: wait}
	s := &session{dialer: &dialer{pace: pace}, life: context.Background()}
	return (&data{Conn: raw, raw: raw, session: s}).write(p)
}

// Lead has a store dial by dial, with the address.
func Lead(s *Store, dial func(ctx context.Context, address string) (net.Conn, error)) {
	s.dialer.net = leading(dial)
}

type leading func(ctx context.Context, address string) (net.Conn, error)

func (d leading) DialContext(ctx context.Context, _, address string) (net.Conn, error) {
	return d(ctx, address)
}
