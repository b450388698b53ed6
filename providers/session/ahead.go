package session

import (
	"context"
	"sync"
)

// Open opens sessions until n are open, or the place wants no more, for calls to come. Calls
// that run meanwhile do not wait for it, unless all others are in use.
func (p *Pool[S]) Open(ctx context.Context, n int) {
	var all sync.WaitGroup
	for range min(n, p.Sessions()) - p.opened() {
		select {
		case <-p.tokens:
			all.Go(func() { p.openOne(ctx) })
		default: // the calls that run have the rest
		}
	}
	all.Wait()
}

// openOne opens a session with the token of its caller.
func (p *Pool[S]) openOne(ctx context.Context) {
	s, err := p.connect(ctx)
	switch {
	case err == nil:
		p.release(s)
	case !p.options.Crowded(err) || !p.shrink():
		p.tokens <- struct{}{}
	}
}
