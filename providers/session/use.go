package session

import (
	"context"
	"errors"
)

// Do runs f in one session. The session ends when ctx ends, and the error is then that
// of ctx.
func (p *Pool[S]) Do(ctx context.Context, f func(S) error) error {
	_, err := p.use(ctx, f, false)
	return err
}

// Lend is Do for a call that goes on after f: the session stays in use until Return.
func (p *Pool[S]) Lend(ctx context.Context, f func(S) error) (*Loan[S], error) {
	return p.use(ctx, f, true)
}

// use lends a session only where f succeeds.
func (p *Pool[S]) use(ctx context.Context, f func(S) error, lend bool) (*Loan[S], error) {
	for {
		s, err := p.acquire(ctx)
		if err != nil {
			return nil, err
		}
		l := &Loan[S]{Session: s, pool: p, unwatch: context.AfterFunc(ctx, s.Discard)}
		err = f(s)
		if lend && err == nil {
			return l, nil
		}
		if err != nil && ctx.Err() != nil {
			err = ctx.Err()
		}
		l.Return()
		if _, again := errors.AsType[*uncounted](err); !again {
			return nil, err
		}
	}
}

// Loan is a session in use.
type Loan[S Session] struct {
	Session S
	pool    *Pool[S]
	unwatch func() bool // ends the watch over the context of the call
}

// Return gives the session back, once. Whoever does not know what it will say next
// discards it before.
func (l *Loan[S]) Return() {
	if !l.unwatch() {
		l.Session.Discard()
	}
	l.pool.release(l.Session)
}

// Again is what f returns where a session turned out to have ended before the call,
// and nothing was done: Do runs f again in another one.
func Again(err error) error { return &uncounted{err} }

// uncounted is the error of a try that does not count.
type uncounted struct{ err error }

func (u *uncounted) Error() string { return u.err.Error() }
func (u *uncounted) Unwrap() error { return u.err }
