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
	w := walk{store: store, layout: layout, skip: string(work), vm: vm}
	if err := w.run(ctx); err != nil {
		return nil, err
	}
	for _, name := range []string{vm, state.AnyVM} {
		if why, unknown := w.unknown[name]; unknown {
			return nil, errors.New(why)
		}
	}
	sets, errs := make([]state.Set, len(w.found)), make([]error, len(w.found))
	parallel.All(ctx, store.Traits().Sessions, len(sets), func(i int) {
		tree, err := Folder(ctx, store, w.found[i].path)
		sets[i], errs[i] = destinationSet(w.found[i], tree, err), err
	})
	if i := slices.IndexFunc(errs, gone); i >= 0 {
		return nil, errs[i]
	}
	sets, err := standing(ctx, store, work, sets)
	return sets, cmp.Or(err, w.whole(vm))
}

// standing are the sets of one VM at the final names, under the
// claims that are there now.
func standing(ctx context.Context, store providers.Store, work state.WorkDir, sets []state.Set) ([]state.Set, error) {
	if len(sets) == 0 {
		return nil, ctx.Err()
	}
	claimed := map[string]bool{}
	err := eachFolder(ctx, store, work.Staging(), func(name string) error {
		claimed[name] = true
		return nil
	})
	_, part := errors.AsType[*NotWholeError](err)
	if err != nil && !part {
		return nil, err
	}
	var stand []state.Set
	for _, s := range sets {
		if !claimed[s.Key.Decorated()] {
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
		return stand, cmp.Or(ctx.Err(), err)
	}
	return stand, ctx.Err()
}
