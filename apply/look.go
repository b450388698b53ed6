package apply

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/read"
)

var (
	errNotWhole = errors.New("the set is not complete")
	errThere    = errors.New("already exists")
	errMissing  = errors.New("does not exist")
	errChanged  = errors.New("changed since the plan was made")
)

// entry asks the listing of its parent for one name. A missing parent holds
// nothing.
func entry(ctx context.Context, store providers.Store, p string) (providers.File, bool, error) {
	entries, err := listFor(ctx, store, p)
	if errors.Is(err, fs.ErrNotExist) {
		return providers.File{}, false, nil
	}
	for _, e := range entries {
		if e.Name() == path.Base(p) {
			return e, true, err
		}
	}
	return providers.File{}, false, err
}

// listFor lists the parent of p. A line that was not understood is no error where
// it cannot stand for p.
func listFor(ctx context.Context, store providers.Store, p string) ([]providers.File, error) {
	entries, err := store.List(ctx, path.Dir(p))
	partial, ok := errors.AsType[*providers.PartialListing](err)
	switch {
	case !ok:
		return entries, err
	case partial.MayHide(path.Base(p)):
		return partial.Files, err
	}
	return partial.Files, nil
}

// absent proves that a name is free, also on a disk that ignores case.
func absent(ctx context.Context, store providers.Store, p string) error {
	entries, err := listFor(ctx, store, p)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	for _, e := range entries {
		if strings.EqualFold(e.Name(), path.Base(p)) {
			return fmt.Errorf("%s %w", e.Path, errThere)
		}
	}
	return err
}

// rename moves and then asks the listing. An error of the store is ignored if the
// listing shows the move: the reply was lost, not the move.
func rename(ctx context.Context, store providers.Store, from, to string) error {
	failed := store.Rename(ctx, from, to)
	if errors.Is(failed, fs.ErrExist) {
		return failed
	}
	if err := ctx.Err(); err != nil {
		return errors.Join(failed, err)
	}
	_, there, err := entry(ctx, store, to)
	if err != nil {
		return errors.Join(failed, err)
	}
	_, left, err := entry(ctx, store, from)
	switch {
	case err != nil:
		return errors.Join(failed, err)
	case there && !left:
		return nil
	case failed != nil:
		return failed
	}
	return fmt.Errorf("the server acknowledged the rename of %s to %s, but the listing does not show it", from, to)
}

// refused reports whether an error is the answer of the place to the request itself.
func refused(err error) bool {
	for _, other := range []error{fs.ErrExist, fs.ErrNotExist, providers.ErrUnreachable, providers.ErrLogin, providers.ErrListing, providers.ErrFull} {
		if errors.Is(err, other) {
			return false
		}
	}
	return true
}

// readSet reads the tree of one set. Links and devices, names that cannot be
// used or that clash make it unusable.
func readSet(ctx context.Context, store providers.Store, k state.Key, dir string) (state.Set, error) {
	tree, err := read.Folder(ctx, store, dir)
	if err != nil {
		return state.Set{}, err
	}
	s := state.Set{Key: k, Path: dir, State: state.Unmarked, Dirs: tree.Dirs}
	for _, f := range tree.Files {
		if f.Path == state.ManifestName {
			s.Marked, s.State = true, state.Complete
			continue
		}
		s.Files = append(s.Files, f)
	}
	if len(tree.Odd) > 0 {
		s.State, s.Problem = state.Damaged, tree.Odd[0]
	}
	return s, nil
}

// wholeSet reads a set with its manifest. An error wraps errNotWhole where the
// set is missing, is not that of the job, or was not made by this run.
func (x *executor) wholeSet(ctx context.Context, j *job, dir string) (state.Set, error) {
	s, err := readSet(ctx, j.store, j.key, dir)
	if errors.Is(err, fs.ErrNotExist) {
		return s, fmt.Errorf("%s %w: %w", dir, errMissing, errNotWhole)
	}
	if err != nil {
		return s, err
	}
	if s.Marked && s.State == state.Complete {
		s = read.Manifests(ctx, j.store, []state.Set{s})[0]
	}
	if err := ctx.Err(); err != nil {
		return s, err
	}
	if s.State == state.Unknown {
		return s, fmt.Errorf("%s: %s", dir, s.Problem)
	}
	if why := x.unlike(j, s); why != "" {
		return s, fmt.Errorf("%s: %s: %w", dir, why, errNotWhole)
	}
	return s, nil
}

func (x *executor) unlike(j *job, s state.Set) string {
	switch {
	case s.State == state.Unmarked:
		return "it has no manifest"
	case s.State != state.Complete:
		return s.Problem
	case !state.SameContent(s.Files, j.payload()):
		return difference(j.payload(), s.Files)
	case !x.owns(j, s.Manifest):
		return fmt.Sprintf("its manifest was written by run %s", s.Manifest.Run)
	}
	return ""
}

// sentWhole reports whether the folder that the upload sends to holds the set of this
// run, with its manifest.
func (x *executor) sentWhole(ctx context.Context, j *job) (bool, error) {
	_, err := x.wholeSet(ctx, j, j.sendTo())
	if errors.Is(err, errNotWhole) {
		return false, nil
	}
	return err == nil, err
}

// difference names the first file by which two sorted lists differ.
func difference(want, got []state.File) string {
	sizes := map[string]int64{}
	for _, f := range want {
		sizes[f.Path] = f.Size
	}
	for _, f := range got {
		size, ok := sizes[f.Path]
		switch {
		case !ok:
			return f.Path + " is not in the plan"
		case size != f.Size:
			return fmt.Sprintf("%s has %d bytes, planned %d", f.Path, f.Size, size)
		}
		delete(sizes, f.Path)
	}
	for _, f := range want {
		if _, missing := sizes[f.Path]; missing {
			return f.Path + " is missing"
		}
	}
	return "it is as planned"
}
