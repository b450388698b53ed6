package apply

import (
	"context"
	"slices"
	"sync"

	"github.com/vmxsync/vmxsync/apply/outcome"
	"github.com/vmxsync/vmxsync/apply/remote"
	"github.com/vmxsync/vmxsync/apply/step"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers/grace"
)

// trial is a rename that is tried in a root while the root is being claimed.
type trial struct {
	root   *job // that claims it
	upload *job // one of those whose sets are published by such a rename
}

// tryAhead tries the renames that publish the sets of a root while the root is being
// claimed: it takes as long, and the claims of the sets wait for the answer. end waits for
// it, and cleans up in a root that was not claimed.
func (w *worker) tryAhead(ctx context.Context) (end func()) {
	var all sync.WaitGroup
	trials := w.trials()
	for _, t := range trials {
		all.Go(func() { _ = step.CanPublish(ctx, t.upload.Env) }) // the claims ask again
	}
	return func() {
		all.Wait()
		for _, t := range trials {
			if w.outcomes.ended(t.root) != outcome.StatusDone {
				t.undo(ctx)
			}
		}
	}
}

// trials are those that may begin before their roots are ours. They write into our own work
// folder, as claiming does, and only into that of a root which was just read under its lock,
// and had no owner in this or another work folder.
func (w *worker) trials() (all []trial) {
	if w.most == 1 {
		return nil
	}
	for place, root := range w.jobs.roots {
		i := slices.IndexFunc(w.jobs.at[place], func(j *job) bool { return j.Has(diff.OpClaim) && step.MustTry(j.Env) })
		if i >= 0 && root.Learned.Unowned(root.Now()) {
			all = append(all, trial{root, w.jobs.at[place][i]})
		}
	}
	return all
}

// undo leaves a root as if nothing had been tried there, also after an interrupt. Without
// the lock it does nothing: the folder may be another's by now.
func (t trial) undo(ctx context.Context) {
	ctx, cancel := grace.Context(ctx)
	defer cancel()
	if t.root.Guard(ctx) == nil {
		remote.UndoTrials(ctx, t.root.Store, t.root.Place.WorkDir)
	}
}
