package ftp

import (
	"context"

	"github.com/vmxsync/vmxsync/providers/retry"
	"net"

	"github.com/vmxsync/vmxsync/providers"
)

// DoPause has the tries of a call wait for each other, as they do outside of tests: a server
// needs a moment to see that a program has hung up.
func DoPause(s *Store) { s.retry.Pause = retry.Pause }

// DoNotPause lets the tries of a call follow each other at once.
func DoNotPause(s *Store) {
	s.retry.Pause = func(ctx context.Context, _ int) error { return ctx.Err() }
}

// Network has a store dial by dial.
func Network(s *Store, dial func() (net.Conn, error)) { s.dialer.Net = dialing(dial) }

type dialing func() (net.Conn, error)

func (d dialing) DialContext(context.Context, string, string) (net.Conn, error) { return d() }

// SetPace replaces the pace of a store.
func SetPace(s *Store, p *providers.Pace) { s.dialer.Pace, s.dialer.Received = p, p }

// Lead has a store dial by dial, with the address.
func Lead(s *Store, dial func(ctx context.Context, address string) (net.Conn, error)) {
	s.dialer.Net = leading(dial)
}

type leading func(ctx context.Context, address string) (net.Conn, error)

func (d leading) DialContext(ctx context.Context, _, address string) (net.Conn, error) {
	return d(ctx, address)
}
