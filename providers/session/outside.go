package session

import (
	"context"
	"io/fs"
)

// Outside runs f in the place of a session: a program makes a connection of its
// own, and the ceiling holds for that as well. The context of f ends when the
// pool is closed, too.
func (p *Pool[S]) Outside(ctx context.Context, f func(context.Context) error) error {
	for {
		if err := p.take(ctx, p.tokens); err != nil {
			return err
		}
		p.makeRoom()
		err := p.whileOpen(ctx, f)
		if !p.options.Crowded(err) || !p.shrink() {
			p.tokens <- struct{}{}
			return err
		}
	}
}

func (p *Pool[S]) whileOpen(ctx context.Context, f func(context.Context) error) error {
	if err := p.logins.latched(); err != nil {
		return err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	go func() {
		select {
		case <-p.closed:
			cancel(fs.ErrClosed)
		case <-ctx.Done():
		}
	}()
	return p.logins.failed(f(ctx), p.opened() > 0)
}

// makeRoom says goodbye on the idle sessions for which no token is left.
func (p *Pool[S]) makeRoom() {
	for s, ok := p.surplus(); ok; s, ok = p.surplus() {
		if s.Quit(Goodbye) == nil {
			s.Close(Goodbye)
		}
		p.forget(s)
	}
}

func (p *Pool[S]) surplus() (s S, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.idle) <= len(p.tokens) {
		return s, false
	}
	return p.popLocked(), true
}
