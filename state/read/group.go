package read

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/parallel"
	"github.com/vmxsync/vmxsync/state"
)

// Group reads the sets of one VM at their final names, sorted by time, but
// for what is still being uploaded there. A set whose own tree could not be
// listed is unknown. A listing above it that
// fails is an error here, and so is a place that went away: the caller is about
// to act. With a NotWholeError, the sets that were listed are returned as well.
func Group(ctx context.Context, store providers.Store, layout state.Layout, work state.WorkDir, vm string) ([]state.Set, error) {
	one := Groups(ctx, store, layout, work, []string{vm})[vm]
	return one.Sets, one.Err
}

// GroupRead is what Group returns of one VM.
type GroupRead struct {
	Sets []state.Set
	Err  error
}

// Groups is Group for several VMs: what lies above their sets is listed once for all of
// them.
func Groups(ctx context.Context, store providers.Store, layout state.Layout, work state.WorkDir, vms []string) map[string]GroupRead {
	w := walk{store: store, layout: layout, skip: string(work), only: map[string]bool{}}
	for _, vm := range vms {
		w.only[vm] = true
	}
	failed := w.run(ctx)
	if failed == nil {
		w.found = slices.DeleteFunc(w.found, func(f folder) bool { return w.unknownOf(f.VM) != nil })
	}
	sets, errs := make([]state.Set, len(w.found)), make([]error, len(w.found))
	var taken claimed
	if failed == nil && len(sets) > 0 {
		parallel.All(ctx, store.Traits().Sessions, len(sets), func(i int) {
			tree, err := Folder(ctx, store, w.found[i].path)
			sets[i], errs[i] = destinationSet(w.found[i], tree, err), err
		})
		taken.err = firstGone(errs)
		if taken.err == nil {
			taken = claimedSets(ctx, store, work)
		}
	}
	all := make(map[string]GroupRead, len(vms))
	for _, vm := range vms {
		if err := cmp.Or(failed, w.unknownOf(vm)); err != nil {
			all[vm] = GroupRead{Err: err}
			continue
		}
		from, to := w.foundOf(vm)
		all[vm] = readOf(ctx, store, work, sets[from:to], errs[from:to], taken, w.whole(vm))
	}
	return all
}

// unknownOf is why the sets of a VM are not known; nil if they are.
func (w *walk) unknownOf(vm string) error {
	for _, name := range []string{vm, state.AnyVM} {
		if why, unknown := w.unknown[name]; unknown {
			return errors.New(why)
		}
	}
	return nil
}

// foundOf are the indices of the folders of the sets of a VM.
func (w *walk) foundOf(vm string) (from, to int) {
	from, _ = slices.BinarySearchFunc(w.found, vm, func(f folder, vm string) int { return cmp.Compare(f.VM, vm) })
	to = from
	for to < len(w.found) && w.found[to].VM == vm {
		to++
	}
	return from, to
}

// readOf is what was read of one VM: its sets, or the error of one that shows that the place
// went away.
func readOf(ctx context.Context, store providers.Store, work state.WorkDir, sets []state.Set, errs []error, taken claimed, whole error) GroupRead {
	if err := firstGone(errs); err != nil {
		return GroupRead{Err: err}
	}
	stand, err := standing(ctx, store, work, sets, taken)
	return GroupRead{stand, cmp.Or(err, whole)}
}

// firstGone is the first error that shows that the place went away; nil if none does.
func firstGone(errs []error) error {
	if i := slices.IndexFunc(errs, gone); i >= 0 {
		return errs[i]
	}
	return nil
}

// claimed are the folders in staging, by name.
type claimed struct {
	names map[string]bool
	err   error // of the listing, or why it was not made
}

func claimedSets(ctx context.Context, store providers.Store, work state.WorkDir) claimed {
	c := claimed{names: map[string]bool{}}
	c.err = eachFolder(ctx, store, work.Staging(), func(name string) error {
		c.names[name] = true
		return nil
	})
	return c
}

// standing are the sets of one VM at the final names, under the
// claims that are there now.
func standing(ctx context.Context, store providers.Store, work state.WorkDir, sets []state.Set, taken claimed) ([]state.Set, error) {
	if len(sets) == 0 {
		return nil, ctx.Err()
	}
	_, part := errors.AsType[*NotWholeError](taken.err)
	if taken.err != nil && !part {
		return nil, taken.err
	}
	var stand []state.Set
	for _, s := range sets {
		if !taken.names[s.Key.Decorated()] {
			stand = append(stand, s)
			continue
		}
		claim, err := Claim(ctx, store, work, s.Key)
		if err != nil {
			return nil, err
		}
		if claim.Governs() {
			s = under(ctx, store, claim, s)
		}
		if claim == nil || !uploading(claim, s) {
			stand = append(stand, s)
		}
	}
	if part {
		return stand, cmp.Or(ctx.Err(), taken.err)
	}
	return stand, ctx.Err()
}
