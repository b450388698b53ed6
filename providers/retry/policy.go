package retry

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/vmxsync/vmxsync/providers"
)

// Tries is how often a call that may succeed later is begun.
const Tries = 3

// Policy says what is tried again, and when.
type Policy struct {
	// Transient reports whether the same call may succeed later.
	Transient func(error) bool
	// Pause waits after a failed try, which are counted from 1.
	Pause func(ctx context.Context, try int) error
}

// Do runs call, again while its error is transient.
func (p Policy) Do(ctx context.Context, call func() error) error {
	return p.Persist(ctx, call, func(error) bool { return false })
}

// Persist is Do that counts its tries anew after each one that progressed.
func (p Policy) Persist(ctx context.Context, call func() error, progressed func(error) bool) error {
	for try := 1; ; try++ {
		err := call()
		if progressed(err) {
			try = 1
		}
		if try == Tries || ctx.Err() != nil || !p.Transient(err) {
			return err
		}
		if err := p.Pause(ctx, try); err != nil {
			return err
		}
	}
}

// Pause waits about 1 s after the first try and 5 s after the second, so that a
// server may be restarted meanwhile; never the same for two workers.
func Pause(ctx context.Context, try int) error {
	wait := time.Second
	if try > 1 {
		wait = 5 * time.Second
	}
	return providers.Sleep(ctx, wait*3/4+rand.N(wait/2))
}
