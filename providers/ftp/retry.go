package ftp

import (
	"context"
	"errors"

	sessions "github.com/vmxsync/vmxsync/providers/session"
)

// do runs f in a session, again on another one while its error is transient.
// f must be idempotent, or look first what an earlier try has done.
func (s *Store) do(ctx context.Context, f func(*session) error) error {
	return s.retry.Do(ctx, func() error { return s.once(ctx, f) })
}

// once runs f in one session.
func (s *Store) once(ctx context.Context, f func(*session) error) error {
	return s.pool.Do(ctx, func(ss *session) error {
		s.begin(ss)
		return ss.finish(f(ss))
	})
}

// lend is do for a call that goes on after f, and ends with the return of the loan.
func (s *Store) lend(ctx context.Context, f func(*session) error) (loan *sessions.Loan[*session], err error) {
	err = s.retry.Do(ctx, func() (err error) {
		loan, err = s.pool.Lend(ctx, func(ss *session) error {
			s.begin(ss)
			if err := f(ss); err != nil {
				return ss.finish(err)
			}
			return nil
		})
		return err
	})
	return loan, err
}

// begin makes a session ready for a call, and keeps the facts that Traits tells.
func (s *Store) begin(ss *session) {
	s.mlsd.Store(ss.has(mlst))
	_, sums := ss.algorithm()
	s.noSums.Store(!sums)
	s.asked.Store(true)
	ss.begin()
}

// finish ends a call with that result. One by which nothing was found out but that the
// server had closed the session while it was idle does not count, nor one by which
// the longest line was found out.
func (s *session) finish(result error) error {
	err := s.settle(s.goHome(result))
	if s.stale(err) || errors.Is(err, errLineCut) {
		return sessions.Again(err)
	}
	return err
}
