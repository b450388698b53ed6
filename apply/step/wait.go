package step

import (
	"context"

	"github.com/vmxsync/vmxsync/apply/event"
	"github.com/vmxsync/vmxsync/apply/task"
	"github.com/vmxsync/vmxsync/providers"
)

// waitForLateWrites waits until no abandoned upload to the set can still be writing: of
// this run, or of the run that left parts of it. The caller checks the set before and
// after, so a file that still grows is not published. It reports whether it had to
// wait.
func waitForLateWrites(ctx context.Context, e task.Env) (bool, error) {
	s, ok := providers.As[providers.LateWriter](e.Store)
	if !ok {
		return false, nil
	}
	lost := s.Lost(sendTo(e))
	if !e.Upload.Fresh && e.Listed.After(lost) {
		lost = e.Listed
	}
	left := lost.Add(s.GracePeriod()).Sub(e.Now())
	if lost.IsZero() || left <= 0 {
		return false, nil
	}
	e.Emit(event.Waiting{Address: e.Address, For: left})
	return true, e.Wait(ctx, left)
}
