package ftp

import (
	"context"
	"errors"
	"sync/atomic"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp/command"
	"github.com/vmxsync/vmxsync/providers/ftp/wire"
	"github.com/vmxsync/vmxsync/providers/retry"
	"github.com/vmxsync/vmxsync/providers/session"
)

// calls runs the calls of a store: each in a session of the pool, again while that may
// help.
type calls struct {
	dialer *wire.Dialer
	server *command.Server
	pool   *session.Pool[*command.Session]
	retry  retry.Policy

	noSums atomic.Bool // the last session offered none
	mlsd   atomic.Bool // the last session offered it
	asked  atomic.Bool // there was a session
}

func newCalls(d *wire.Dialer, server *command.Server) *calls {
	c := &calls{dialer: d, server: server, retry: retry.Policy{Transient: wire.Transient, Pause: retry.Pause}}
	c.pool = session.New(session.Options[*command.Session]{
		Sessions: max(d.Settings.Connections, 1), Dial: c.dial, Crowded: wire.IsCrowded, Tell: d.Tell,
	})
	return c
}

func (c *calls) dial(ctx context.Context) (*command.Session, error) {
	dialled, err := c.dialer.Dial(ctx)
	if err != nil {
		return nil, err
	}
	return &command.Session{Session: dialled, Server: c.server}, nil
}

// do runs f in a session, again on another one while its error is transient.
// f must be idempotent, or look first what an earlier try has done.
func (c *calls) do(ctx context.Context, f func(*command.Session) error) error {
	return c.retry.Do(ctx, func() error { return c.once(ctx, f) })
}

// once runs f in one session.
func (c *calls) once(ctx context.Context, f func(*command.Session) error) error {
	return c.pool.Do(ctx, func(ss *command.Session) error {
		c.begin(ss)
		return finishCall(ss, f(ss))
	})
}

// lend is do for a call that goes on after f, and ends with the return of the loan.
func (c *calls) lend(ctx context.Context, f func(*command.Session) error) (loan *session.Loan[*command.Session], err error) {
	err = c.retry.Do(ctx, func() (err error) {
		loan, err = c.pool.Lend(ctx, func(ss *command.Session) error {
			c.begin(ss)
			if err := f(ss); err != nil {
				return finishCall(ss, err)
			}
			return nil
		})
		return err
	})
	return loan, err
}

// begin makes a session ready for a call, and keeps the facts that Traits tells.
func (c *calls) begin(ss *command.Session) {
	c.mlsd.Store(ss.Has(command.MLST))
	_, sums := command.AlgorithmOf(ss)
	c.noSums.Store(!sums)
	c.asked.Store(true)
	ss.Begin()
}

// finishCall ends a call with that result. One by which nothing was found out but that the
// server had closed the session while it was idle does not count, nor one by which
// the longest line was found out.
func finishCall(s *command.Session, result error) error {
	err := s.Settle(s.GoHome(result))
	if s.Stale(err) || errors.Is(err, command.ErrLineCut) {
		return session.Again(err)
	}
	return err
}

// OpenSessions opens none where another program sends: it takes their place.
func (s *Store) OpenSessions(ctx context.Context, n int) {
	if s.uploads.Method == nil {
		s.pool.Open(ctx, n)
	}
}

var _ providers.SessionOpener = (*Store)(nil)
