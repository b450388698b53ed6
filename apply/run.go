package apply

import (
	"cmp"
	"context"
	"errors"

	"github.com/vmxsync/vmxsync/apply/event"
	"github.com/vmxsync/vmxsync/apply/lock"
	"github.com/vmxsync/vmxsync/apply/outcome"
	"github.com/vmxsync/vmxsync/apply/preflight"
	"github.com/vmxsync/vmxsync/diff"
)

// Run carries out the plan. Its error is nil, or wraps ErrRefused, ErrStale, ErrApplied
// or lock.ErrHeld (nothing was changed), lock.ErrLost (another apply took over; the
// next run continues as after a crash), ErrPartial (see Result), the error of ctx (the
// same plan and journal continue from here), or is that of Before, of a place which
// could not be read at all, or of the journal. Where only some groups cannot be read,
// their changes fail.
func Run(ctx context.Context, plan *diff.Plan, opts Options) (outcome.Result, error) {
	x, err := prepare(plan, opts)
	if err != nil {
		return outcome.Result{}, err
	}
	began := x.opts.Now()
	begun, err := x.locked(ctx)
	if !begun {
		return outcome.Result{}, err
	}
	result := x.result(began)
	x.tell(event.Finished{Result: result})
	if err == nil {
		err = result.Err()
	}
	return result, err
}

// locked works under the locks of all destinations that change. The loss of one lock
// cancels the work everywhere.
func (x *executor) locked(ctx context.Context) (begun bool, err error) {
	if preflight.Recorded(x.jobs.envs(), x.journal) {
		x.recorder.Finish(ctx)
		return false, ErrApplied
	}
	ctx, lose := context.WithCancelCause(ctx)
	defer lose(nil)
	defer x.locks.ReleaseAll(ctx)
	if err := x.takeLocks(ctx, lose); err != nil {
		return false, err
	}
	defer x.openSessions(ctx)()
	begun, err = x.perform(ctx)
	switch {
	case begun && err == nil:
		x.recorder.All(ctx)
	case begun && errors.Is(ctx.Err(), context.DeadlineExceeded):
		x.recorder.AllCut(ctx)
	case errors.Is(err, ErrApplied):
		x.recorder.Finish(ctx)
	}
	if lost := context.Cause(ctx); err != nil && errors.Is(lost, lock.ErrLost) {
		err = lost
	}
	return begun, err
}

func (x *executor) perform(ctx context.Context) (begun bool, err error) {
	if err := x.check(ctx); err != nil {
		return false, err
	}
	if err := x.before(ctx); err != nil {
		return false, err
	}
	if err := x.recorder.Read(ctx); err != nil {
		return false, err
	}
	if err := x.begin(); err != nil {
		return false, err
	}
	defer x.readRecords(ctx)()
	err = x.worker().work(ctx)
	return true, cmp.Or(err, x.journal.Flush())
}

// Check does the checks before the first step, and nothing else. Its errors are those
// of Run; ErrPartial names the groups that cannot be read.
func Check(ctx context.Context, plan *diff.Plan, opts Options) error {
	x, err := prepare(plan, opts)
	if err != nil {
		return err
	}
	if preflight.Recorded(x.jobs.envs(), x.journal) {
		return ErrApplied
	}
	if err := x.locks.Look(ctx, x.lockable()); err != nil {
		return err
	}
	if err := x.check(ctx); err != nil {
		return err
	}
	return x.stops.partly(x.plan)
}

// Record writes the records of a plan that changes nothing, and does nothing else.
func Record(ctx context.Context, plan *diff.Plan, opts Options) (outcome.Result, error) {
	x, err := prepare(plan, opts)
	if err != nil {
		return outcome.Result{}, err
	}
	x.recorder.All(ctx)
	return outcome.Result{Known: x.recorder.Left()}, ctx.Err()
}
