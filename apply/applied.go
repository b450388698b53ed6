package apply

import (
	"context"
	"slices"

	"github.com/vmxsync/vmxsync/apply/journal"
	"github.com/vmxsync/vmxsync/apply/step"
	"github.com/vmxsync/vmxsync/diff"
)

// recorded reports whether the journal has all steps of the plan as done. What somebody
// changed by hand since then is not done again.
func (x *executor) recorded() bool {
	return len(x.jobs) > 0 && !slices.ContainsFunc(x.jobs, func(j *job) bool { return !x.concluded(j) })
}

// concluded reports whether every step is done, except those before a publish: a run
// that found their result may have skipped them.
func (x *executor) concluded(j *job) bool {
	for _, s := range slices.Backward(j.Steps) {
		if !x.isDone(s.ID) {
			return false
		}
		if s.Op == diff.OpPublish || s.Op == diff.OpSeal {
			break
		}
	}
	return true
}

// applied reports whether the plan has nothing left to do.
func (x *executor) applied(ctx context.Context) bool {
	if len(x.lost) > 0 {
		return false
	}
	for _, j := range x.jobs {
		if j.lands() && j.progress != finished {
			return false
		}
		for _, s := range j.Steps {
			if !x.leftNothing(ctx, j, s) {
				return false
			}
		}
	}
	return len(x.jobs) > 0
}

// lands reports whether the job ends with another set, or no set, at its final name.
func (j *job) lands() bool {
	_, goes := j.Deletion()
	return goes || j.Has(diff.OpPublish) || j.Has(diff.OpSeal) || j.Has(diff.OpMark)
}

// leftNothing asks the steps whose result the position does not show.
func (x *executor) leftNothing(ctx context.Context, j *job, s diff.Step) bool {
	switch s.Op {
	case diff.OpPrune:
		where, err := step.WherePruned(ctx, j.Env, s)
		return err == nil && where == ""
	case diff.OpOwn, diff.OpRelease, diff.OpPurge, diff.OpReturn, diff.OpAbandon, diff.OpClear:
		m, err := step.New(s, j.Env)
		if err != nil {
			return false
		}
		inPlace, err := m.Check(ctx, journal.Started)
		return inPlace && err == nil
	}
	return true
}
