package read

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/parallel"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
)

// Destination reads all that a destination holds: sets, staging, trash,
// owner. Manifests of sets at their final names are not read, only seen: see
// Manifests. An error of the whole place is in Inventory.Err; an error
// of one VM or one set makes that unknown.
func Destination(ctx context.Context, store providers.Store, d config.Destination) state.Inventory {
	return destination(ctx, store, store, d)
}

// WithoutTimes is Destination at less cost: the files of sets with a manifest may have no times;
// see Times. A plan seldom needs them.
func WithoutTimes(ctx context.Context, store providers.Store, d config.Destination) state.Inventory {
	return destination(ctx, NewAbsences(providers.LeanOf(store), ".", d.WorkDir), store, d)
}

// destination reads a place by store; dated is the same place, with all times.
func destination(ctx context.Context, store, dated providers.Store, d config.Destination) state.Inventory {
	inv := state.Inventory{Place: d.Name}
	work := state.WorkDir(d.WorkDir)
	steps := []func() error{
		func() error { return proveRoot(ctx, store) },
		func() error { return readSets(ctx, store, dated, d.Layout, d.WorkDir, &inv) },
		func() (err error) { inv.Owner, inv.OwnerPending, err = Claimant(ctx, store, work); return err },
		func() (err error) { inv.Former, err = Former(ctx, store, work); return err },
		func() error { return readStaging(ctx, store, work, &inv) },
		func() error { return applyClaims(ctx, store, &inv) },
		func() error { return readFirst(ctx, store, work, &inv) },
		func() error { return readTrash(ctx, store, work, &inv) },
		func() error { return readKnown(ctx, store, work, &inv) },
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return state.Inventory{Place: d.Name, Err: err}
		}
	}
	inv.Server, inv.ServerPinned = ServerOf(store)
	traits := store.Traits()
	inv.TimeStep, inv.LinksHidden, inv.Limits = traits.TimeStep, traits.LinksHidden, traits.Limits
	return inv
}

// proveRoot asks for the root itself: an empty listing proves nothing.
func proveRoot(ctx context.Context, store providers.Store) error {
	root, err := store.Stat(ctx, ".")
	if err != nil {
		return err
	}
	if root.Kind != providers.Dir {
		return fmt.Errorf("the root is not a folder (%s)", root.Kind)
	}
	return nil
}

func readSets(ctx context.Context, store, dated providers.Store, layout state.Layout, skip string, inv *state.Inventory) error {
	w := walk{store: providers.LeanOf(store), layout: layout, skip: skip}
	if err := w.run(ctx); err != nil {
		return err
	}
	inv.Sets = setsOf(ctx, store, dated, w.found)
	w.addNames(inv)
	inv.NotWhole = w.notWhole
	var err error
	inv.Neighbours, err = readNeighbours(ctx, store, append(w.workDirs, w.strangers...))
	return cmp.Or(err, ctx.Err())
}

// setsOf reads the trees of folders, as those of sets at a destination. Sets without a
// manifest are judged by their times.
func setsOf(ctx context.Context, store, dated providers.Store, folders []folder) []state.Set {
	sets := make([]state.Set, len(folders))
	paths := make([]string, len(folders))
	for i, f := range folders {
		paths[i] = f.path
	}
	eachListed(ctx, store, paths, func(i int, store providers.Store) {
		tree, err := Folder(ctx, store, paths[i])
		if err == nil && tree.lacksTimes() && !tree.isMarked() {
			tree, err = Folder(ctx, dated, folders[i].path)
		}
		sets[i] = destinationSet(folders[i], tree, err)
	})
	return sets
}

// Times reads sets again for the times of their files, and returns them in the same order.
// Those of unread are as they were: the place is no longer so, or cannot be read.
func Times(ctx context.Context, store providers.Store, sets []state.Set) (timed []state.Set, unread []state.Key) {
	timed = slices.Clone(sets)
	dated := make([]bool, len(sets))
	parallel.All(ctx, store.Traits().Sessions, len(timed), func(i int) {
		tree, err := Folder(ctx, store, timed[i].Path)
		again := tree.fill(timed[i])
		if dated[i] = err == nil && again.Marked == timed[i].Marked && state.SameContent(again.Files, timed[i].Files); dated[i] {
			timed[i].Files = again.Files
		}
	})
	for i, s := range timed {
		if !dated[i] {
			unread = append(unread, s.Key)
		}
	}
	return timed, unread
}

func destinationSet(f folder, tree Tree, err error) state.Set {
	s := state.Set{Key: f.Key, Path: f.path, State: state.Unmarked}
	if err != nil {
		s.State, s.Problem = state.Unknown, reason(err)
		return s
	}
	s = tree.fill(s)
	if s.Marked {
		s.State = state.Complete
	}
	switch {
	case len(tree.Odd) > 0:
		s.State, s.Problem, s.Odd = state.Damaged, tree.Odd[0], true
	case s.Marked && len(s.Files) == 0:
		s.State, s.Problem = state.Damaged, "it holds a manifest and no files"
	}
	return s
}
