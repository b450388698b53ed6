package ftp

import (
	"context"
	"io/fs"
)

// outside runs f in the place of a session: a program makes a connection of its
// own, and the ceiling holds for that as well. The context of f ends when the
// pool is closed, too.
func (p *pool) outside(ctx context.Context, f func(context.Context) error) error {
	for {
		if err := p.take(ctx, p.tokens); err != nil {
			return err
		}
		p.makeRoom()
		err := p.whileOpen(ctx, f)
		if !isCrowded(err) || !p.shrink() {
			p.tokens <- struct{}{}
			return err
		}
	}
}

func (p *pool) whileOpen(ctx context.Context, f func(context.Context) error) error {
	if err := p.latched(); err != nil {
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
	return p.learn(f(ctx))
}

// makeRoom says goodbye on the idle sessions for which no token is left.
func (p *pool) makeRoom() {
	for s := p.surplus(); s != nil; s = p.surplus() {
		s.control.patience(goodbye, "")
		if s.quit() == nil {
			s.close()
		}
		p.forget(s)
	}
}

func (p *pool) surplus() *session {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.idle) <= len(p.tokens) {
		return nil
	}
	return p.popLocked()
}
