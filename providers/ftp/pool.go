package ftp

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"sync"
	"time"

	"github.com/vmxsync/vmxsync/providers"
)

// maxRefusedLogins is what a store may cost before servers that count refused
// logins lock the address out.
const maxRefusedLogins = 2

// goodbye bounds the end of all sessions together.
const goodbye = 2 * time.Second

// pool holds the sessions of a store. A token is the right to have a session
// in use; a token that is not given back makes the pool smaller for good.
type pool struct {
	dial   func(context.Context) (*session, error)
	tell   func(notice string)
	tokens chan struct{}
	gate   chan struct{} // held by the one that logs in while no session is open
	closed chan struct{}

	mu      sync.Mutex
	idle    []*session
	open    []*session // idle or in use
	limit   int        // tokens, in use or not
	crowded bool       // the server has refused a session while others were open
	peak    int        // of open
	proven  bool       // a login has worked
	refused int        // logins
	verdict error      // what all calls get after maxRefusedLogins
}

func newPool(limit int, dial func(context.Context) (*session, error), tell func(notice string)) *pool {
	p := &pool{
		dial:   dial,
		tell:   tell,
		tokens: make(chan struct{}, limit),
		gate:   make(chan struct{}, 1),
		closed: make(chan struct{}),
		limit:  limit,
	}
	p.gate <- struct{}{}
	for range limit {
		p.tokens <- struct{}{}
	}
	return p
}

// acquire waits for a session, an idle one before a new one. Where the server
// wants no more sessions than are open, the pool shrinks to those.
func (p *pool) acquire(ctx context.Context) (*session, error) {
	for {
		if err := p.take(ctx, p.tokens); err != nil {
			return nil, err
		}
		if s := p.pop(); s != nil {
			return s, nil
		}
		s, err := p.connect(ctx)
		if err == nil {
			return s, nil
		}
		if !isCrowded(err) || !p.shrink() {
			p.tokens <- struct{}{}
			return nil, err
		}
	}
}

// release takes a session back after its call.
func (p *pool) release(s *session) {
	if !p.keep(s) {
		p.forget(s)
	}
	p.tokens <- struct{}{}
}

func (p *pool) keep(s *session) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if s.broken || s.life.Err() != nil || p.isClosed() {
		return false
	}
	s.reused = true
	p.idle = append(p.idle, s)
	return true
}

func (p *pool) forget(s *session) {
	s.discard()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.open = slices.DeleteFunc(p.open, func(o *session) bool { return o == s })
}

func (p *pool) pop() *session {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.idle) == 0 {
		return nil
	}
	return p.popLocked()
}

// popLocked takes the idle session that was used last.
func (p *pool) popLocked() *session {
	s := p.idle[len(p.idle)-1]
	p.idle = p.idle[:len(p.idle)-1]
	return s
}

// shrink swallows the token of the caller, if another session is left.
func (p *pool) shrink() bool {
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
func (p *pool) connect(ctx context.Context) (*session, error) {
	if err := p.take(ctx, p.gate); err != nil {
		return nil, err
	}
	if p.anyOpen() {
		p.gate <- struct{}{}
	} else {
		defer func() { p.gate <- struct{}{} }()
	}
	if err := p.latched(); err != nil {
		return nil, err
	}
	s, err := p.dial(ctx)
	if err != nil {
		return nil, p.learn(err)
	}
	return s, p.admit(s)
}

// admit counts a new session as open.
func (p *pool) admit(s *session) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.isClosed() {
		s.discard()
		return fs.ErrClosed
	}
	p.open = append(p.open, s)
	p.peak = max(p.peak, len(p.open))
	p.proven = true
	return nil
}

// learn draws the conclusions from a failed dial. A login that is refused
// while another one is open says nothing about the password.
func (p *pool) learn(err error) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	var u *unreachable
	if errors.As(err, &u) {
		u.again = p.proven
	}
	if errors.Is(err, providers.ErrLogin) && len(p.open) == 0 {
		p.refused++
		if p.refused >= maxRefusedLogins {
			p.verdict = err
		}
	}
	return err
}

func (p *pool) latched() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.verdict
}

func (p *pool) anyOpen() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.open) > 0
}

// sessions is the number of calls that can run at the same time.
func (p *pool) sessions() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.limit
}

// take waits for one token.
func (p *pool) take(ctx context.Context, tokens <-chan struct{}) error {
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

func (p *pool) isClosed() bool {
	select {
	case <-p.closed:
		return true
	default:
		return false
	}
}

// close says goodbye on the idle sessions and cuts the others off.
func (p *pool) close() {
	idle, busy := p.shut()
	p.tellCrowded()
	for _, s := range busy {
		s.discard()
	}
	deadline := time.Now().Add(goodbye)
	for _, s := range idle {
		s.control.patience(time.Until(deadline), "")
		s.quit()
	}
	for _, s := range idle {
		s.control.patience(time.Until(deadline), "")
		s.close()
	}
}

// tellCrowded is for the end, when the number is known.
func (p *pool) tellCrowded() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.crowded {
		p.tell(fmt.Sprintf("the server allows only %d of the %d sessions that `connections` asks for: set connections = %d", p.peak, cap(p.tokens), p.peak))
		p.crowded = false
	}
}

// shut lets nobody in any more and hands out what was open.
func (p *pool) shut() (idle, busy []*session) {
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
