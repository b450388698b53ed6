package step

import (
	"context"
	"fmt"
	"path"

	"github.com/vmxsync/vmxsync/apply/journal"
	"github.com/vmxsync/vmxsync/apply/remote"
	"github.com/vmxsync/vmxsync/apply/task"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/read"
)

// trash moves a set from its final name to trash, after everything that justifies its
// deletion has been checked again.
type trash struct{ task.Task }

func (t trash) Check(ctx context.Context, was journal.Status) (bool, error) {
	group, err := t.group(ctx)
	if err != nil {
		return false, err
	}
	victim, there := group.Of(t.Key.Stamp)
	if !there {
		t.AbsentAlready(was)
		return true, nil
	}
	if err := allKnown(group); err != nil {
		return false, err
	}
	switch {
	case !t.mayGo():
		return false, fmt.Errorf("%s was not a counted set when the plan was made", t.Step.From)
	case !task.SameSet(t.Observed, victim):
		return false, fmt.Errorf("%s %w", t.Step.From, errChanged)
	case !t.asExpected(group):
		return false, fmt.Errorf("%s: the sets of this VM are not those that the plan expects at this step", t.Scope())
	}
	return false, t.justified(ctx, group)
}

// allKnown: no set is deleted beside a set that cannot be listed.
func allKnown(group *task.Sets) error {
	if s, unknown := group.Unknown(); unknown {
		return fmt.Errorf("%s is %s: %s", s.Path, s.State, s.Problem)
	}
	return nil
}

// group are the sets of the VM. They are read again for a delete that does not follow
// another one closely.
func (t trash) group(ctx context.Context) (*task.Sets, error) {
	known := t.Learned.Group(t.Scope())
	began := t.Now()
	if known != nil && began.Before(known.Until) {
		return known, nil
	}
	t.Learned.SetGroup(t.Scope(), nil)
	sets, err := read.Group(ctx, recentRoot{t.Store, t.Task}, t.Place.Layout, t.Place.WorkDir, t.Key.VM)
	if err != nil {
		return nil, err
	}
	known.LendManifests(sets)
	group := task.NewSets(sets, began, task.CountsUntil(began, t.Now(), listedTogether(sets)))
	t.Learned.SetGroup(t.Scope(), group)
	return group, nil
}

// listedTogether is how many sets Confirm lists together: all of a VM, or none where they lie
// in several folders.
func listedTogether(sets []state.Set) int {
	for _, s := range sets {
		if path.Dir(s.Path) != path.Dir(sets[0].Path) {
			return 0
		}
	}
	return len(sets)
}

// recentRoot is the place of a job with a listing of its root that may be a second old:
// deletes in thousands of VMs would list it for each of them. All that lies below is listed
// anew.
type recentRoot struct {
	providers.Store
	of task.Task
}

// Unwrap lets providers.As find what the store can do besides.
func (r recentRoot) Unwrap() providers.Store { return r.Store }

func (r recentRoot) List(ctx context.Context, dir string) ([]providers.File, error) {
	list := func() ([]providers.File, error) { return r.Store.List(ctx, dir) }
	if dir != "." || r.of.Place.Layout.Depth() == 1 { // then it holds the sets themselves
		return list()
	}
	return r.of.Learned.Root(r.of.Now, list)
}

// mayGo reports whether the plan saw the set as one that retention may delete, whose
// delete was begun in place, or that is damaged and destroyed by its full address.
func (t trash) mayGo() bool {
	was := t.Observed.State
	begun := was == state.Incomplete && t.Step.Op == diff.OpMarkDelete
	meant := was == state.Damaged && t.Group.InFull
	return t.Seen && (was == state.Complete || was == state.Unmarked && t.Place.Trust || begun || meant)
}

// asExpected reports whether the group is as the plan expects it here, except for sets
// that this plan deletes later, and that another program has deleted.
func (t trash) asExpected(group *task.Sets) bool {
	sum := group.Sum()
	if sum.Digest() == t.Step.Expect {
		return true
	}
	for _, d := range t.Group.Deletions {
		_, there := group.Of(d.Stamp)
		if was, _ := t.Journal.Of(d.Step); !there && was == journal.Never {
			sum.Add(d.Stamp, d.SHA256)
		}
	}
	return sum.Digest() == t.Step.Expect
}

// Do believes the place for now: before the files of the set are deleted, Confirm asks the
// listing for the old name, and they are listed at the new one. The new name has the run id,
// and nobody else's set.
func (t trash) Do(ctx context.Context) (journal.Result, error) {
	if err := remote.MoveFolder(ctx, t.Store, t.Place.WorkDir, t.Step.From, t.Step.To); err != nil {
		return journal.Result{}, err
	}
	t.Upload.Trashed = true
	t.leaves()
	return journal.Result{}, nil
}

// leaves takes the set out of those that count for the next delete.
func (t trash) leaves() {
	if known := t.Learned.Group(t.Scope()); known != nil {
		known.Delete(t.Key.Stamp)
	}
}
