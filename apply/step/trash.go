package step

import (
	"context"
	"fmt"

	"github.com/vmxsync/vmxsync/apply/journal"
	"github.com/vmxsync/vmxsync/apply/remote"
	"github.com/vmxsync/vmxsync/apply/task"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/read"
)

// trash moves a set from its final name to trash, after everything that justifies its
// deletion has been checked again.
type trash struct{ task.Task }

func (t trash) Check(ctx context.Context, was journal.Status) (bool, error) {
	sets, err := read.Group(ctx, t.Store, t.Place.Layout, t.Place.WorkDir, t.Key.VM)
	if err != nil {
		return false, err
	}
	group := task.ByStamp(sets)
	victim, there := group[t.Key.Stamp]
	if !there {
		t.AbsentAlready(was)
		return true, nil
	}
	if err := allKnown(sets); err != nil {
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
func allKnown(sets []state.Set) error {
	for _, s := range sets {
		if s.State == state.Unknown {
			return fmt.Errorf("%s is %s: %s", s.Path, s.State, s.Problem)
		}
	}
	return nil
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
func (t trash) asExpected(group map[state.Stamp]state.Set) bool {
	digests := map[state.Stamp]string{}
	for stamp, s := range group {
		if s.State != state.Incomplete { // being deleted
			digests[stamp] = state.Digest(s.Files)
		}
	}
	if diff.GroupDigest(digests) == t.Step.Expect {
		return true
	}
	for _, d := range t.Group.Deletions {
		_, there := group[d.Stamp]
		if was, _ := t.Journal.Of(d.Step); !there && was == journal.Never {
			digests[d.Stamp] = d.SHA256
		}
	}
	return diff.GroupDigest(digests) == t.Step.Expect
}

func (t trash) Do(ctx context.Context) (journal.Result, error) {
	return journal.Result{}, remote.RenameFolder(ctx, t.Store, t.Place.WorkDir, t.Step.From, t.Step.To)
}
