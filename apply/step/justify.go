package step

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/vmxsync/vmxsync/apply/remote"
	"github.com/vmxsync/vmxsync/apply/task"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/read"
)

// justified proves that the sets which the delete relies on are complete, and that
// enough counted sets remain.
func (t trash) justified(ctx context.Context, group *task.Sets) error {
	if t.Group.MinKeep == nil {
		return errors.New("the plan does not state how many sets must be kept")
	}
	floor := *t.Group.MinKeep
	retained, err := t.retainsAll(ctx, group)
	if err != nil {
		return err
	}
	left := len(retained)
	for s := range group.Newest() {
		if left >= floor {
			break
		}
		if retained[s.Stamp] || s.Stamp == t.Key.Stamp || !t.counts(s) {
			continue
		}
		s = t.withManifest(ctx, group, s)
		if s.State == state.Complete && t.Justifies(t.Place, s) == nil {
			left++
		}
	}
	if left < floor {
		return fmt.Errorf("only %d counted sets would remain, and min_keep = %d", left, floor)
	}
	return ctx.Err()
}

// retainsAll proves all sets that justify the delete, and returns their times. Most deletes of
// a VM are justified by the same ones, which are proven once for all of them.
func (t trash) retainsAll(ctx context.Context, group *task.Sets) (map[state.Stamp]bool, error) {
	found := t.Findings.Added()
	proven := group.Proven(t.Step.Retains, found)
	if proven == nil {
		proven = map[state.Stamp]bool{}
		for _, address := range t.Step.Retains {
			k, err := t.retained(ctx, group, address)
			if err != nil {
				return nil, err
			}
			proven[k.Stamp] = true
		}
		group.SetProven(t.Step.Retains, found, proven)
	}
	if proven[t.Key.Stamp] {
		return nil, fmt.Errorf("%s cannot justify this delete", state.Address(t.Place.Name, t.Key))
	}
	return proven, nil
}

// withManifest reads the manifest of a set of the group, once for as long as the group
// counts.
func (t trash) withManifest(ctx context.Context, group *task.Sets, s state.Set) state.Set {
	if s.Manifest == nil {
		s = read.Manifests(ctx, t.Store, []state.Set{s})[0]
		group.Put(s)
	}
	return s
}

// retained proves one set that justifies the delete.
func (t trash) retained(ctx context.Context, group *task.Sets, address string) (state.Key, error) {
	place, k, err := state.SplitAddress(address)
	if err != nil {
		return k, err
	}
	s, there := group.Of(k.Stamp)
	switch {
	case place != t.Place.Name || k.VM != t.Key.VM:
		return k, fmt.Errorf("%s cannot justify this delete", address)
	case !there:
		return k, fmt.Errorf("%s, which must be kept, %w", address, remote.ErrMissing)
	case s.Marked && s.State == state.Complete:
		s = t.withManifest(ctx, group, s)
	case t.trusted(s):
		return k, nil
	}
	if s.State != state.Complete {
		return k, fmt.Errorf("%s, which must be kept, is %s: %s", address, s.State, s.Problem)
	}
	if err := cmp.Or(t.Justifies(t.Place, s), t.asPublished(s)); err != nil {
		return k, fmt.Errorf("%s cannot justify this delete: %w", address, err)
	}
	return k, nil
}

// asPublished returns an error if this run has published a set, and it has the manifest of
// another one by now: another machine was at work there, without the lock.
func (t trash) asPublished(s state.Set) error {
	if s.Manifest == nil || s.Manifest.Run == t.Run || !t.Learned.Published(s.Key) {
		return nil
	}
	return fmt.Errorf("its manifest was written by run %s, after this run had published it", s.Manifest.Run)
}

// trusted: a set without a manifest counts if the destination is configured so and the
// set is as the plan saw it.
func (t trash) trusted(s state.Set) bool {
	was, seen := t.Group.Saw[s.Stamp]
	return t.Place.Trust && s.State == state.Unmarked && seen && was.State == state.Unmarked && task.SameSet(was, s)
}

// counts reports whether a set may be counted, if its manifest fits: not what the plan
// kept although it is damaged or differs.
func (t trash) counts(s state.Set) bool {
	was, kept := t.Group.Kept[state.Address(t.Place.Name, s.Key)]
	return s.Marked && s.State == state.Complete && (!kept || was == state.Complete)
}
