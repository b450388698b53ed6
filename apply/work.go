package apply

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/vmxsync/vmxsync/apply/event"
	"github.com/vmxsync/vmxsync/apply/outcome"
	"github.com/vmxsync/vmxsync/apply/prune"
	"github.com/vmxsync/vmxsync/apply/record"
	"github.com/vmxsync/vmxsync/apply/step"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
)

// worker does the jobs of a run.
type worker struct {
	plan      *diff.Plan
	stores    map[string]providers.Store
	most      int // steps at once; 0 leaves it to the sessions of each place
	jobs      *jobs
	stops     *obstacles
	steps     *stepper
	outcomes  *outcomes
	announcer *record.Announcer
	tell      func(event.Event)
}

// work does all jobs: roots, cleanups, the chains, and then the cleanups that need a
// step of a chain. Its error ends the apply; the failure of a single job is in the
// job's outcome.
func (w *worker) work(ctx context.Context) error {
	w.tell(started(w.plan, w.jobs.all))
	defer w.tryAhead(ctx)()
	var late []*job
	for _, j := range w.jobs.all {
		switch {
		case j.Change.Address != "":
		case w.waits(j):
			late = append(late, j)
		default:
			if err := w.runJob(ctx, j); err != nil {
				return err
			}
		}
	}
	w.tellRoom(ctx)
	for _, chains := range chainsOf(w.jobs.all) {
		if err := w.runChains(ctx, chains); err != nil {
			return err
		}
	}
	return w.afterwards(ctx, late)
}

// tellRoom reports which destinations have less free space than the uploads need.
func (w *worker) tellRoom(ctx context.Context) {
	for _, p := range w.plan.Places {
		if p.Role != diff.DestinationRole || w.stops.lost[p.Name] != nil {
			continue
		}
		if lack, ok := scarce(ctx, w.stores[p.Name], w.jobs.at[p.Name]); ok {
			w.tell(lack)
		}
	}
}

// waits reports whether a cleanup needs a step of a change.
func (w *worker) waits(j *job) bool {
	return slices.ContainsFunc(j.Steps, func(s diff.Step) bool {
		return slices.ContainsFunc(s.Needs, func(id string) bool { return w.jobs.owners[id] != j })
	})
}

// afterwards does the cleanups that waited, unless the step that they need failed.
func (w *worker) afterwards(ctx context.Context, late []*job) error {
	for _, j := range late {
		because := w.jobs.owners[j.unmet(j.Steps[0])]
		switch {
		case because != nil && w.outcomes.ended(because) == outcome.StatusPostponed:
			w.outcomes.postpone(j, errFollows(because))
			continue
		case because != nil:
			w.outcomes.cancel(j, because)
			continue
		}
		if err := w.runJob(ctx, j); err != nil {
			return err
		}
	}
	return nil
}

func started(plan *diff.Plan, all []*job) event.Started {
	s := event.Started{Changes: len(plan.Changes), Cleanups: len(plan.Cleanups)}
	for _, j := range all {
		if j.Has(diff.OpPut) {
			s.Bytes += j.Change.Bytes
		}
	}
	return s
}

// runJob works on one job and notes its outcome. It returns only what ends the
// whole apply: the end of ctx, and a journal that cannot be written.
func (w *worker) runJob(ctx context.Context, j *job) error {
	if begun, err := w.begin(ctx, j); !begun {
		return err
	}
	return w.end(ctx, j, w.steps.run(ctx, j))
}

// begin reports whether a job may be worked on; if not, its outcome is noted. Its error is
// that of runJob.
func (w *worker) begin(ctx context.Context, j *job) (begun bool, err error) {
	if err := ctx.Err(); err != nil {
		return false, err
	}
	if root := w.failedRoot(j); root != nil {
		w.outcomes.cancel(j, root)
		return false, nil
	}
	if first := w.outcomes.stopper(); first != nil {
		w.outcomes.cancel(j, first)
		return false, nil
	}
	if err := w.stops.of(j); err != nil {
		w.outcomes.fail(j, err)
		return false, nil
	}
	if _, goes := j.Deletion(); goes {
		w.announcer.Before(ctx, j.Place)
	}
	j.outcome.Earlier = !slices.ContainsFunc(j.Steps, func(s diff.Step) bool { return !j.isDone(s.ID) })
	w.tell(event.ChangeStarted{Address: j.Address, Action: j.Change.Action, Bytes: j.outcome.Bytes, Sends: j.Has(diff.OpPut), Earlier: j.outcome.Earlier})
	return true, nil
}

// end notes the outcome of a job whose steps ended with err. Its error is that of runJob.
func (w *worker) end(ctx context.Context, j *job, err error) error {
	if _, goes := j.Deletion(); goes {
		w.announcer.After(ctx, j.Place)
	}
	beingRead, _ := errors.AsType[*step.BeingReadError](err)
	switch {
	case err == nil:
		w.outcomes.done(j)
	case j.Has(diff.OpPrune) && errors.Is(err, providers.ErrInUse) && !errors.Is(err, prune.ErrAside):
		w.outcomes.skip(j, err)
	case beingRead != nil:
		w.outcomes.postpone(j, beingRead)
	case isFatal(err):
		w.outcomes.fail(j, err)
		return err
	case ctx.Err() != nil:
		return fmt.Errorf("%s: %w", j.Address, errors.Join(ctx.Err(), err))
	default:
		w.outcomes.fail(j, makeRoom(ctx, j, err, func() bool { return w.outcomes.othersWait(j, w.jobs.at[j.Place.Name]) }))
	}
	return nil
}

// failedRoot: no job runs at a place whose root could not be claimed, and for a place
// that could not be read one failure is enough.
func (w *worker) failedRoot(j *job) *job {
	place := j.Place.Name
	if w.stops.lost[place] != nil {
		if first := w.jobs.at[place][0]; first != j {
			return first
		}
		return nil
	}
	if root := w.jobs.roots[place]; root != nil && root != j && w.outcomes.ended(root) == outcome.StatusFailed {
		return root
	}
	return nil
}
