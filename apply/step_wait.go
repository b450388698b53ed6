package apply

import (
	"context"

	"github.com/vmxsync/vmxsync/providers"
)

// waitForLateWrites waits until no abandoned upload to the set can still be writing: of
// this run, or of the run that left parts of it. The caller checks the set before and
// after, so a file that still grows is not published. It reports whether it had to
// wait.
func (x *executor) waitForLateWrites(ctx context.Context, j *job) (bool, error) {
	s, ok := providers.As[providers.LateWriter](j.store)
	if !ok {
		return false, nil
	}
	lost := s.Lost(j.sendTo())
	if !j.fresh && x.listed.After(lost) {
		lost = x.listed
	}
	left := lost.Add(s.GracePeriod()).Sub(x.opts.Now())
	if lost.IsZero() || left <= 0 {
		return false, nil
	}
	x.tell(Waiting{j.address, left})
	x.waited.Add(int64(left))
	return true, x.opts.Wait(ctx, left)
}
