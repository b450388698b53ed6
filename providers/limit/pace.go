package limit

import (
	"context"
	"sync"
	"time"
)

// Pace spreads bytes over time for all who share it.
type Pace struct {
	rate func(now time.Time) int64

	mu   sync.Mutex
	free time.Time // when all bytes promised so far have passed
}

// NewPace makes a pace of rate bytes per second; zero or less is no limit at
// that time.
func NewPace(rate func(now time.Time) int64) *Pace { return &Pace{rate: rate} }

// block is how many of n bytes to move in one go: an eighth of a second's
// worth, so that readers take turns and a new rate holds soon.
func (p *Pace) block(n int) int {
	rate := p.rate(time.Now())
	if rate <= 0 {
		return n
	}
	return int(min(int64(n), max(rate/8, 1)))
}

// pass waits until n bytes may have passed.
func (p *Pace) pass(ctx context.Context, n int) error {
	timer := time.NewTimer(time.Until(p.reserve(n)))
	defer timer.Stop()
	select {
	case <-timer.C:
		return ctx.Err()
	case <-ctx.Done():
		return ctx.Err()
	}
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
