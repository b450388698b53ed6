package ftp

import (
	"context"
	"errors"

	"github.com/vmxsync/vmxsync/providers/ftp/command"
	sessions "github.com/vmxsync/vmxsync/providers/session"
)

// do runs f in a session, again on another one while its error is transient.
// f must be idempotent, or look first what an earlier try has done.
func (s *Store) do(ctx context.Context, f func(*command.Session) error) error {
	return s.retry.Do(ctx, func() error { return s.once(ctx, f) })
}

// once runs f in one session.
func (s *Store) once(ctx context.Context, f func(*command.Session) error) error {
	return s.pool.Do(ctx, func(ss *command.Session) error {
		s.begin(ss)
		return finishCall(ss, f(ss))
	})
}

// lend is do for a call that goes on after f, and ends with the return of the loan.
func (s *Store) lend(ctx context.Context, f func(*command.Session) error) (loan *sessions.Loan[*command.Session], err error) {
	err = s.retry.Do(ctx, func() (err error) {
		loan, err = s.pool.Lend(ctx, func(ss *command.Session) error {
			s.begin(ss)
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
func (s *Store) begin(ss *command.Session) {
	s.mlsd.Store(ss.Has(command.MLST))
	_, sums := command.AlgorithmOf(ss)
	s.noSums.Store(!sums)
	s.asked.Store(true)
	ss.Begin()
}

// finishCall ends a call with that result. One by which nothing was found out but that the
// server had closed the session while it was idle does not count, nor one by which
// the longest line was found out.
func finishCall(s *command.Session, result error) error {
	err := s.Settle(s.GoHome(result))
	if s.Stale(err) || errors.Is(err, command.ErrLineCut) {
		return sessions.Again(err)
	}
	return err
}
