package apply

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/vmxsync/vmxsync/apply/journal"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/read"
)

// trash moves a set from its final name to trash, after everything that justifies its
// deletion has been checked again.
type trash struct{ stepEnv }

func (t trash) Check(ctx context.Context, was journal.Status) (bool, error) {
	sets, err := read.Group(ctx, t.store, t.place.Layout, t.place.WorkDir, t.key.VM)
	if err != nil {
		return false, err
	}
	group := byStamp(sets)
	victim, there := group[t.key.Stamp]
	if !there {
		t.absentAlready(was)
		return true, nil
	}
	if err := allKnown(sets); err != nil {
		return false, err
	}
	switch {
	case !t.mayGo():
		return false, fmt.Errorf("%s was not a counted set when the plan was made", t.s.From)
	case !sameSet(t.observed, victim):
		return false, fmt.Errorf("%s %w", t.s.From, errChanged)
	case !t.asExpected(group):
		return false, fmt.Errorf("%s: the sets of this VM are not those that the plan expects at this step", t.scope())
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
	was := t.observed.State
	begun := was == state.Incomplete && t.s.Op == diff.OpMarkDelete
	meant := was == state.Damaged && t.plan.Options.InFull(t.address)
	return t.seen && (was == state.Complete || was == state.Unmarked && t.place.Trust || begun || meant)
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
	if diff.GroupDigest(digests) == t.s.Expect {
		return true
	}
	for _, j := range t.jobs {
		deletion, goes := j.deletionStep()
		_, there := group[j.key.Stamp]
		if was, _ := t.journal.Of(deletion.ID); goes && !there && was == journal.Never && j.seen && j.scope() == t.scope() {
			digests[j.key.Stamp] = j.observed.SHA256
		}
	}
	return diff.GroupDigest(digests) == t.s.Expect
}

// justified proves that the sets which the delete relies on are complete, and that
// enough counted sets remain.
func (t trash) justified(ctx context.Context, group map[state.Stamp]state.Set) error {
	floor, err := t.minKeep()
	if err != nil {
		return err
	}
	counted := map[state.Stamp]bool{t.key.Stamp: false}
	for _, address := range t.s.Retains {
		k, err := t.retained(ctx, group, address)
		if err != nil {
			return err
		}
		counted[k.Stamp] = true
	}
	left := len(counted) - 1
	for _, s := range newest(group) {
		if _, known := counted[s.Stamp]; known || left >= floor || !t.counts(s) {
			continue
		}
		s = read.Manifests(ctx, t.store, []state.Set{s})[0]
		if s.State == state.Complete && t.ofOurs(t.place, s) == nil && t.sound(t.place, s.Key, s.Manifest) == nil {
			left++
		}
	}
	if left < floor {
		return fmt.Errorf("only %d counted sets would remain, and min_keep = %d", left, floor)
	}
	return ctx.Err()
}

func (t trash) minKeep() (int, error) {
	for _, g := range t.plan.Groups {
		if g.Destination == t.place.Name && g.VM == t.key.VM {
			return g.MinKeep, nil
		}
	}
	return 0, errors.New("the plan does not state how many sets must be kept")
}

// retained proves one set that justifies the delete.
func (t trash) retained(ctx context.Context, group map[state.Stamp]state.Set, address string) (state.Key, error) {
	place, k, err := state.SplitAddress(address)
	if err != nil {
		return k, err
	}
	s, there := group[k.Stamp]
	switch {
	case k == t.key || place != t.place.Name || k.VM != t.key.VM:
		return k, fmt.Errorf("%s cannot justify this delete", address)
	case !there:
		return k, fmt.Errorf("%s, which must be kept, %w", address, errMissing)
	case s.Marked && s.State == state.Complete:
		s = read.Manifests(ctx, t.store, []state.Set{s})[0]
	case t.trusted(s):
		return k, nil
	}
	if s.State != state.Complete {
		return k, fmt.Errorf("%s, which must be kept, is %s: %s", address, s.State, s.Problem)
	}
	if err := cmp.Or(t.ofOurs(t.place, s), t.sound(t.place, k, s.Manifest)); err != nil {
		return k, fmt.Errorf("%s cannot justify this delete: %w", address, err)
	}
	return k, nil
}

// trusted: a set without a manifest counts if the destination is configured so and the
// set is as the plan saw it.
func (t trash) trusted(s state.Set) bool {
	was, seen := observed(t.place, s.Key)
	return t.place.Trust && s.State == state.Unmarked && seen && was.State == state.Unmarked && sameSet(was, s)
}

// counts reports whether a set may be counted, if its manifest fits: not what the plan
// kept although it is damaged or differs.
func (t trash) counts(s state.Set) bool {
	address := state.Address(t.place.Name, s.Key)
	i := slices.IndexFunc(t.plan.Kept, func(k diff.Kept) bool { return k.Address == address })
	return s.Marked && s.State == state.Complete && (i < 0 || t.plan.Kept[i].State == state.Complete)
}

func newest(group map[state.Stamp]state.Set) []state.Set {
	var sets []state.Set
	for _, s := range group {
		sets = append(sets, s)
	}
	slices.SortFunc(sets, func(a, b state.Set) int { return b.Compare(a.Key) })
	return sets
}

func (t trash) Do(ctx context.Context) (journal.Result, error) {
	return journal.Result{}, t.renameFolder(ctx, t.job, t.s.From, t.s.To)
}
