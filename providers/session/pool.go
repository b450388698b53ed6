package session

import (
	"context"
	"fmt"
	"io/fs"
	"slices"
	"sync"
	"time"
)

// Goodbye bounds the end of all sessions together.
const Goodbye = 2 * time.Second

// Session is one login, used by one call at a time.
type Session interface {
	comparable
	// Usable reports whether another call may use it.
	Usable() bool
	// Discard ends it at once. Any goroutine may call it, and more than once.
	Discard()
	// Quit says goodbye, and Close hears the answer and hangs up: two steps, so that
	// the goodbyes of all sessions are under way together. Neither takes longer than
	// wait.
	Quit(wait time.Duration) error
	Close(wait time.Duration)
}

// Options are what a pool has to know about its place.
type Options[S Session] struct {
	// Sessions is the ceiling, at least 1: the attribute `connections`.
	Sessions int
	// Dial logs in. What it fails with is a retry.Unreachable, or wraps
	// providers.ErrLogin or the error of ctx.
	Dial func(ctx context.Context) (S, error)
	// Crowded reports whether a dial may have failed because of the sessions that are
	// open already.
	Crowded func(err error) bool
	// Tell gets notices for the user; see providers.NoticesOf.
	Tell func(notice string)
}

// Pool holds the sessions of a store. A token is the right to have a session
// in use; a token that is not given back makes the pool smaller for good.
type Pool[S Session] struct {
	options Options[S]
	tokens  chan struct{}
	gate    chan struct{} // held by the one that logs in while no session is open
	closed  chan struct{}
	logins  logins

	mu      sync.Mutex
	idle    []S
	open    []S  // idle or in use
	limit   int  // tokens, in use or not
	crowded bool // the server has refused a session while others were open
	peak    int  // of open
}

// New returns a pool without sessions.
func New[S Session](o Options[S]) *Pool[S] {
	p := &Pool[S]{
		options: o,
		tokens:  make(chan struct{}, o.Sessions),
		gate:    make(chan struct{}, 1),
		closed:  make(chan struct{}),
		limit:   o.Sessions,
	}
	p.gate <- struct{}{}
	for range o.Sessions {
		p.tokens <- struct{}{}
	}
	return p
}

// acquire waits for a session, an idle one before a new one. Where the server
// wants no more sessions than are open, the pool shrinks to those.
func (p *Pool[S]) acquire(ctx context.Context) (none S, err error) {
	for {
		if err := p.take(ctx, p.tokens); err != nil {
			return none, err
		}
		if s, ok := p.pop(); ok {
			return s, nil
		}
		s, err := p.connect(ctx)
		if err == nil {
			return s, nil
		}
		if !p.options.Crowded(err) || !p.shrink() {
			p.tokens <- struct{}{}
			return none, err
		}
	}
}

// release takes a session back after its call.
func (p *Pool[S]) release(s S) {
	if !p.keep(s) {
		p.forget(s)
	}
	p.tokens <- struct{}{}
}

func (p *Pool[S]) keep(s S) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !s.Usable() || p.isClosed() {
		return false
	}
	p.idle = append(p.idle, s)
	return true
}

func (p *Pool[S]) forget(s S) {
	s.Discard()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.open = slices.DeleteFunc(p.open, func(o S) bool { return o == s })
}

// pop takes an idle session, if there is one.
func (p *Pool[S]) pop() (s S, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.idle) == 0 {
		return s, false
	}
	return p.popLocked(), true
}

// popLocked takes the idle session that was used last.
func (p *Pool[S]) popLocked() S {
	s := p.idle[len(p.idle)-1]
	p.idle = p.idle[:len(p.idle)-1]
	return s
}

// shrink swallows the token of the caller, if another session is left.
func (p *Pool[S]) shrink() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.open) == 0 || p.limit == 1 {
		return false
	}
	p.limit--
	p.crowded = true
	return true
}

// connect opens a session: one at a time until one is open, so that a wrong
// password is not tried by all workers at once.
func (p *Pool[S]) connect(ctx context.Context) (none S, err error) {
	if err := p.take(ctx, p.gate); err != nil {
		return none, err
	}
	if p.opened() > 0 {
		p.gate <- struct{}{}
	} else {
		defer func() { p.gate <- struct{}{} }()
	}
	if err := p.logins.latched(); err != nil {
		return none, err
	}
	s, err := p.options.Dial(ctx)
	if err != nil {
		return none, p.logins.failed(err, p.opened() > 0)
	}
	p.logins.worked()
	return s, p.admit(s)
}

// admit counts a new session as open.
func (p *Pool[S]) admit(s S) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.isClosed() {
		s.Discard()
		return fs.ErrClosed
	}
	p.open = append(p.open, s)
	p.peak = max(p.peak, len(p.open))
	return nil
}

// opened is the number of sessions that are open, idle or in use.
func (p *Pool[S]) opened() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.open)
}

// Sessions is the number of calls that can run at the same time.
func (p *Pool[S]) Sessions() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.limit
}

// take waits for one token.
func (p *Pool[S]) take(ctx context.Context, tokens <-chan struct{}) error {
	switch {
	case p.isClosed():
		return fs.ErrClosed
	case ctx.Err() != nil:
		return ctx.Err()
	}
	select {
	case <-tokens:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-p.closed:
		return fs.ErrClosed
	}
}

func (p *Pool[S]) isClosed() bool {
	select {
	case <-p.closed:
		return true
	default:
		return false
	}
}

// Close says goodbye on the idle sessions and cuts the others off.
func (p *Pool[S]) Close() {
	idle, busy := p.shut()
	p.tellCrowded()
	for _, s := range busy {
		s.Discard()
	}
	deadline := time.Now().Add(Goodbye)
	for _, s := range idle {
		_ = s.Quit(time.Until(deadline))
	}
	for _, s := range idle {
		s.Close(time.Until(deadline))
	}
}

// tellCrowded is for the end, when the number is known.
func (p *Pool[S]) tellCrowded() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.crowded {
		p.options.Tell(fmt.Sprintf("the server allows only %d of the %d sessions that `connections` asks for: set connections = %d", p.peak, cap(p.tokens), p.peak))
		p.crowded = false
	}
}

// shut lets nobody in any more and hands out what was open.
func (p *Pool[S]) shut() (idle, busy []S) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.isClosed() {
		return nil, nil
	}
	close(p.closed)
	idle = p.idle
	for _, s := range p.open {
		if !slices.Contains(idle, s) {
			busy = append(busy, s)
		}
	}
	p.idle, p.open = nil, nil
	return idle, busy
}
