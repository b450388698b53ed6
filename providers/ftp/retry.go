package ftp

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"
)

// tries is how often a call that may succeed later is begun.
const tries = 3

// do runs f in a session, again on another one while its error is transient.
// f must be idempotent, or look first what an earlier try has done.
func (s *Store) do(ctx context.Context, f func(*session) error) error {
	return s.persist(ctx, f, func(error) bool { return false })
}

// persist is do that counts its tries anew after each one that progressed.
func (s *Store) persist(ctx context.Context, f func(*session) error, progressed func(error) bool) error {
	for try := 1; ; try++ {
		err := s.once(ctx, f)
		if progressed(err) {
			try = 1
		}
		if try == tries || ctx.Err() != nil || !transient(err) {
			return err
		}
		if err := s.pause(ctx, try); err != nil {
			return err
		}
	}
}

// once runs f in one session. One that the server had closed while it was idle
// does not count, nor one by which the longest line was found out.
func (s *Store) once(ctx context.Context, f func(*session) error) error {
	for {
		session, err := s.pool.acquire(ctx)
		if err != nil {
			return err
		}
		s.note(session)
		err = within(ctx, session, f)
		if session.detached {
			return nil
		}
		err = session.settle(err)
		stale := session.stale(err)
		s.pool.release(session)
		if !stale && !errors.Is(err, errLineCut) || ctx.Err() != nil {
			return err
		}
	}
}

// note keeps the facts that Traits tells.
func (s *Store) note(session *session) {
	s.mlsd.Store(session.has(mlst))
	_, sums := session.algorithm()
	s.noSums.Store(!sums)
	s.asked.Store(true)
}

// within ends the session when ctx ends.
func within(ctx context.Context, session *session, f func(*session) error) error {
	stop := context.AfterFunc(ctx, session.kill)
	session.begin()
	err := f(session)
	if session.detached {
		session.unwatch = stop
		return nil
	}
	err = session.goHome(err)
	if !stop() {
		session.broken = true
	}
	if err != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

// pause waits about 1 s after the first try and 5 s after the second, so that a
// server may be restarted meanwhile; never the same for two workers.
func pause(ctx context.Context, try int) error {
	wait := time.Second
	if try > 1 {
		wait = 5 * time.Second
	}
	timer := time.NewTimer(wait*3/4 + rand.N(wait/2))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
