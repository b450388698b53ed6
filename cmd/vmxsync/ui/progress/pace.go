package progress

import (
	"math"
	"time"
)

// pace is how fast bytes move: a mean in which older bytes count less and less. It
// does not jump, and falls slowly if nothing moves. The zero value has seen no bytes.
type pace struct {
	bytes   float64
	seconds float64 // that count, always less than paceMemory
	at      time.Time
}

const (
	paceMemory = 20 * time.Second // after it, a byte counts a third
	paceBegins = 2 * time.Second  // before it, buffers fill: there is no rate
)

// moved notes bytes that have moved since the last call.
func (p *pace) moved(n int64, now time.Time) {
	*p = p.until(now)
	p.bytes += float64(n)
}

// until is the pace if nothing moves up to now.
func (p pace) until(now time.Time) pace {
	if p.at.IsZero() {
		return pace{at: now}
	}
	fade := math.Exp(-now.Sub(p.at).Seconds() / paceMemory.Seconds())
	return pace{p.bytes * fade, p.seconds*fade + paceMemory.Seconds()*(1-fade), now}
}

// rate is in bytes per second; 0 while it is not known.
func (p pace) rate(now time.Time) float64 {
	p = p.until(now)
	if p.seconds < paceMemory.Seconds()*(1-math.Exp(-paceBegins.Seconds()/paceMemory.Seconds())) {
		return 0
	}
	return p.bytes / p.seconds
}
