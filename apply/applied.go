package apply

import (
	"context"
	"slices"

	"github.com/vmxsync/vmxsync/apply/journal"
	"github.com/vmxsync/vmxsync/diff"
)

// recorded tells that the journal knows all of the plan as done. What was
// changed by hand since then is nobody's to do again.
func (x *executor) recorded() bool {
	return len(x.jobs) > 0 && !slices.ContainsFunc(x.jobs, func(j *job) bool { return !x.concluded(j) })
}

// concluded tells that every step is done, but for those before a publish: a
// run that found their result may have passed over them.
func (x *executor) concluded(j *job) bool {
	for _, s := range slices.Backward(j.steps) {
		if !x.isDone(s.ID) {
			return false
		}
		if s.Op == diff.OpPublish || s.Op == diff.OpSeal {
			break
		}
	}
	return true
}

// applied tells that nothing of the plan is left to do.
func (x *executor) applied(ctx context.Context) bool {
	if len(x.lost) > 0 {
		return false
	}
	for _, j := range x.jobs {
		if j.lands() && j.position != after {
			return false
		}
		for _, s := range j.steps {
			if !x.leftNothing(ctx, j, s) {
				return false
			}
		}
	}
	return len(x.jobs) > 0
}

// lands tells that the job ends with another set at its final name, or none.
func (j *job) lands() bool {
	_, goes := j.condemns()
	return goes || j.has(diff.OpPublish) || j.has(diff.OpSeal) || j.has(diff.OpMark)
}

// leftNothing asks the steps whose result the position does not show.
func (x *executor) leftNothing(ctx context.Context, j *job, s diff.Step) bool {
	switch s.Op {
	case diff.OpPrune:
		where, err := prune{at: at{x, j, s}}.where(ctx)
		return err == nil && where == ""
	case diff.OpOwn, diff.OpRelease, diff.OpPurge, diff.OpReturn, diff.OpAbandon, diff.OpClear:
		m, err := x.move(j, s)
		if err != nil {
			return false
		}
		inPlace, err := m.look(ctx, journal.Started)
		return inPlace && err == nil
	}
	return true
}
