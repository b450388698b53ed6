package apply

import (
	"context"
	"time"

	"github.com/vmxsync/vmxsync/providers"
)

// outlast waits until no upload to the set can be writing any more that
// was given up: by this run, or by the one that left parts of it. The caller
// looks at the set before and after; so a file that still grows is not
// published. It tells whether it had to wait.
func (x *executor) outlast(ctx context.Context, j *job) (bool, error) {
	s, ok := providers.As[providers.Straggler](j.store)
	if !ok {
		return false, nil
	}
	lost := s.Lost(j.sendTo())
	if !j.fresh && x.listed.After(lost) {
		lost = x.listed
	}
	left := lost.Add(s.Linger()).Sub(x.opts.Now())
	if lost.IsZero() || left <= 0 {
		return false, nil
	}
	x.tell(Waiting{j.address, left})
	x.waited.Add(int64(left))
	return true, x.opts.Wait(ctx, left)
}

// wait passes the time, unless ctx ends first.
func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
