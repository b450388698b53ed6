package providers

import (
	"context"
	"io"
	"sync"
	"time"
)

// Pace spreads bytes over time for all who share it: in small pieces, so that
// sixty-four connections take turns within four seconds at any rate. A nil
// Pace lets everything pass.
type Pace struct {
	rate func(now time.Time) int64

	mu   sync.Mutex
	free time.Time // when all bytes promised so far have passed
}

// NewPace makes a pace of rate bytes per second; zero or less is no limit at
// that time. The rate is asked for again at every piece.
func NewPace(rate func(now time.Time) int64) *Pace { return &Pace{rate: rate} }

// Piece is how many of n bytes to move in one go: a sixteenth of a second's
// worth.
func (p *Pace) Piece(n int) int {
	if p == nil {
		return n
	}
	rate := p.rate(time.Now())
	if rate <= 0 {
		return n
	}
	return int(min(int64(n), max(rate/16, 1)))
}

// Wait returns when n bytes may pass, or with the error of ctx.
func (p *Pace) Wait(ctx context.Context, n int) error {
	if p == nil {
		return ctx.Err()
	}
	until := time.Until(p.reserve(n))
	if until <= 0 {
		return ctx.Err()
	}
	return Sleep(ctx, until)
}

// reserve puts n bytes behind those promised so far, and returns when they
// will have passed. Time that nobody used is not saved up.
func (p *Pace) reserve(n int) time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	rate := p.rate(now)
	if rate <= 0 {
		p.free = time.Time{}
		return now
	}
	if p.free.Before(now) {
		p.free = now
	}
	p.free = p.free.Add(time.Duration(float64(n) / float64(rate) * float64(time.Second)))
	return p.free
}

// Reader returns r, read no faster than the pace until ctx is done.
func (p *Pace) Reader(ctx context.Context, r io.Reader) io.Reader {
	if p == nil {
		return r
	}
	return &pacedReader{ctx: ctx, from: r, pace: p}
}

type pacedReader struct {
	ctx  context.Context // of the call that the reading belongs to
	from io.Reader
	pace *Pace
}

func (r *pacedReader) Read(b []byte) (int, error) {
	n, err := r.from.Read(b[:r.pace.Piece(len(b))])
	if n == 0 {
		return 0, err
	}
	if paceErr := r.pace.Wait(r.ctx, n); paceErr != nil {
		return 0, paceErr
	}
	return n, err
}
