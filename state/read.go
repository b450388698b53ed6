package state

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/vmxsync/vmxsync/providers"
)

// ReadDestination reads all that a destination holds: sets, staging, trash,
// owner. Manifests of sets at their final names are not read, only seen: see
// ReadManifests. An error of the whole place is in Inventory.Err; an error
// of one VM or one set makes that unknown.
func ReadDestination(ctx context.Context, store providers.Store, d Destination) Inventory {
	inv := Inventory{Place: d.Name}
	work := WorkDir(d.WorkDir)
	steps := []func() error{
		func() error { return proveRoot(ctx, store) },
		func() (err error) { inv.Owner, inv.OwnerPending, err = ReadClaimant(ctx, store, work); return err },
		func() (err error) { inv.Former, err = readFormer(ctx, store, work); return err },
		func() error { return inv.readSets(ctx, store, d.Layout, d.WorkDir) },
		func() error { return inv.readStaging(ctx, store, work) },
		func() error { return inv.heedClaims(ctx, store) },
		func() error { return inv.readTrash(ctx, store, work) },
		func() error { return inv.readKnown(ctx, store, work) },
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return Inventory{Place: d.Name, Err: err}
		}
	}
	inv.Server, inv.ServerPinned = ServerOf(store)
	traits := store.Traits()
	inv.TimeStep, inv.LinksHidden, inv.Limits = traits.TimeStep, traits.LinksHidden, traits.Limits
	return inv
}

// ReadGroup reads the sets of one VM at their final names, sorted by time, but
// for what is still being uploaded there. A set whose own tree could not be
// listed is unknown. A listing above it that
// fails is an error here, and so is a place that went away: the caller is about
// to act. With a NotWholeError, the sets that were listed are returned as well.
func ReadGroup(ctx context.Context, store providers.Store, layout Layout, work WorkDir, vm string) ([]Set, error) {
	w := walk{store: store, layout: layout, skip: string(work), vm: vm}
	if err := w.run(ctx); err != nil {
		return nil, err
	}
	for _, name := range []string{vm, AnyVM} {
		if why, unknown := w.unknown[name]; unknown {
			return nil, errors.New(why)
		}
	}
	sets, errs := make([]Set, len(w.found)), make([]error, len(w.found))
	parallel(ctx, store.Traits().Sessions, len(sets), func(i int) {
		tree, err := ReadTree(ctx, store, w.found[i].path)
		sets[i], errs[i] = destinationSet(w.found[i], tree, err), err
	})
	if i := slices.IndexFunc(errs, gone); i >= 0 {
		return nil, errs[i]
	}
	sets, err := standing(ctx, store, work, sets)
	return sets, cmp.Or(err, w.whole(vm))
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

// ReadOwner reads whose root this is; "" where it has no owner yet. One who was
// about to take it, and died between the two names of the file, owns it.
func ReadOwner(ctx context.Context, store providers.Store, work WorkDir) (string, error) {
	name, _, err := ReadClaimant(ctx, store, work)
	return name, err
}

// ReadClaimant is ReadOwner, and reports whether the name stands in the file that
// was to become the owner file.
func ReadClaimant(ctx context.Context, store providers.Store, work WorkDir) (name string, pending bool, err error) {
	name, err = readOwner(ctx, store, work)
	if name != "" || err != nil {
		return name, false, err
	}
	data, err := readFile(ctx, store, work.NextOwner(), 4<<10)
	if errors.Is(err, fs.ErrNotExist) {
		return "", false, nil
	}
	if err != nil {
		return "", false, fmt.Errorf("owner: %w", err)
	}
	line, whole := strings.CutSuffix(string(data), "\n")
	if name = strings.TrimSpace(line); !whole || name == "" { // torn: nobody was removed for it
		return "", false, nil
	}
	// A take-over that lives may have ended between the two looks.
	if now, err := readOwner(ctx, store, work); now != "" || err != nil {
		return now, false, err
	}
	return name, true, nil
}

func readOwner(ctx context.Context, store providers.Store, work WorkDir) (string, error) {
	data, err := readFile(ctx, store, work.Owner(), 4<<10)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("owner: %w", err)
	}
	name := strings.TrimSpace(string(data))
	if name == "" {
		return "", fmt.Errorf("owner: %s is empty: %w", work.Owner(), ErrTorn)
	}
	return name, nil
}

func (inv *Inventory) readSets(ctx context.Context, store providers.Store, layout Layout, skip string) error {
	w := walk{store: store, layout: layout, skip: skip}
	if err := w.run(ctx); err != nil {
		return err
	}
	inv.Sets = w.sets(ctx)
	inv.takeNames(w)
	inv.NotWhole = w.notWhole
	var err error
	inv.Neighbours, err = readNeighbours(ctx, store, append(w.workDirs, w.strangers...))
	return cmp.Or(err, ctx.Err())
}

func (inv *Inventory) takeNames(w walk) {
	inv.UnknownVMs, inv.Foreign, inv.Links, inv.Unusable, inv.Unsupported = w.unknown, w.foreign, w.links, w.unusable, w.unsupported
}

// sets reads the trees of all folders found, as a destination's.
func (w *walk) sets(ctx context.Context) []Set {
	sets := make([]Set, len(w.found))
	parallel(ctx, w.store.Traits().Sessions, len(w.found), func(i int) {
		f := w.found[i]
		tree, err := ReadTree(ctx, w.store, f.path)
		sets[i] = destinationSet(f, tree, err)
	})
	return sets
}

func destinationSet(f folder, tree Tree, err error) Set {
	s := Set{Key: f.Key, Path: f.path, State: Unmarked}
	if err != nil {
		s.State, s.Problem = Unknown, reason(err)
		return s
	}
	s.fill(tree)
	if s.Marked {
		s.State = Complete
	}
	switch {
	case len(tree.Odd) > 0:
		s.State, s.Problem, s.Odd = Damaged, tree.Odd[0], true
	case s.Marked && len(s.Files) == 0:
		s.State, s.Problem = Damaged, "it holds a manifest and no files"
	}
	return s
}

// fill takes over a tree; the manifest is no part of the payload.
func (s *Set) fill(tree Tree) {
	s.Files, s.Dirs = tree.Files, tree.Dirs
	s.Junk = slices.Concat(tree.Junk, tree.JunkDirs, tree.Closed)
	if i := slices.IndexFunc(s.Files, func(f File) bool { return f.Path == ManifestName }); i >= 0 {
		s.Marked = true
		s.Files = slices.Delete(slices.Clone(s.Files), i, i+1)
	}
}

// ReadManifests reads the manifests of sets that are marked and returns the
// sets in the same order, with Manifest filled in, or with the state that the
// manifest gives them: damaged, or unknown where it could not be read.
func ReadManifests(ctx context.Context, store providers.Store, sets []Set) []Set {
	read := slices.Clone(sets)
	parallel(ctx, store.Traits().Sessions, len(read), func(i int) {
		if read[i].Marked && read[i].Manifest == nil {
			read[i] = readManifest(ctx, store, read[i])
		}
	})
	return read
}

func readManifest(ctx context.Context, store providers.Store, s Set) Set {
	data, err := readFile(ctx, store, path.Join(s.Path, ManifestName), MaxManifest)
	if err != nil {
		s.State, s.Problem = Unknown, err.Error()
		return s
	}
	m, err := ParseManifest(data)
	if err != nil {
		s.State, s.Problem = Damaged, err.Error()
		if errors.Is(err, ErrNewer) {
			s.State = Unknown
		}
		return s
	}
	s.Manifest = m
	if why := m.Fits(s.Key, s.Files); why != "" {
		s.State, s.Problem = Damaged, why
	}
	return s
}

// readFile reads a small file whole; more than limit bytes are an error.
func readFile(ctx context.Context, store providers.Store, p string, limit int64) ([]byte, error) {
	r, err := store.Open(ctx, p, 0)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(data)) > limit {
		return nil, fmt.Errorf("%s has more than %d bytes", p, limit)
	}
	return data, nil
}
