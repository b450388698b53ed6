package preflight

import (
	"context"
	"slices"

	"github.com/vmxsync/vmxsync/apply/journal"
	"github.com/vmxsync/vmxsync/apply/prune"
	"github.com/vmxsync/vmxsync/apply/step"
	"github.com/vmxsync/vmxsync/apply/task"
	"github.com/vmxsync/vmxsync/diff"
)

// Recorded reports whether the journal has all steps of the jobs as done. What somebody
// changed by hand since then is not done again.
func Recorded(jobs []*task.Env, j Journal) bool {
	return len(jobs) > 0 && !slices.ContainsFunc(jobs, func(e *task.Env) bool { return !concluded(e.Steps, j) })
}

// concluded reports whether every step is done, except those before a publish: a run
// that found their result may have skipped them.
func concluded(steps []diff.Step, j Journal) bool {
	for _, s := range slices.Backward(steps) {
		if was, _ := j.Of(s.ID); was != journal.Done {
			return false
		}
		if s.Op == diff.OpPublish || s.Op == diff.OpSeal {
			break
		}
	}
	return true
}

// applied reports whether the plan has nothing left to do.
func (c *checks) applied(ctx context.Context) bool {
	if len(c.Lost) > 0 || slices.ContainsFunc(c.Jobs, func(j *task.Env) bool { return lands(j) && c.Progress[j] != Finished }) {
		return false
	}
	for _, j := range c.Jobs {
		for _, s := range j.Steps {
			if !c.leftNothing(ctx, j, s) {
				return false
			}
		}
	}
	return len(c.Jobs) > 0
}

// lands reports whether the job ends with another set, or no set, at its final name.
func lands(j *task.Env) bool {
	_, goes := j.Deletion()
	return goes || j.Has(diff.OpPublish) || j.Has(diff.OpSeal) || j.Has(diff.OpMark)
}

// leftNothing asks the steps whose result the position does not show.
func (c *checks) leftNothing(ctx context.Context, j *task.Env, s diff.Step) bool {
	switch s.Op {
	case diff.OpPrune:
		where, err := prune.Where(ctx, *j, s)
		return err == nil && where == ""
	case diff.OpOwn, diff.OpSums, diff.OpRelease, diff.OpPurge, diff.OpReturn, diff.OpAbandon, diff.OpClear:
		m, err := step.New(s, *j)
		if err != nil {
			return false
		}
		inPlace, err := m.Check(ctx, journal.Started)
		return inPlace && err == nil
	}
	return true
}
