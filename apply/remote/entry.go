package remote

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/vmxsync/vmxsync/providers"
)

// Entry asks the listing of its parent for one name. A missing parent holds
// nothing.
func Entry(ctx context.Context, store providers.Store, p string) (providers.File, bool, error) {
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

// Folder is what a folder holds, as it was listed. The zero value holds nothing.
type Folder struct {
	entries []providers.File
	partial *providers.PartialListing // nil: each line was understood
}

// ListFolder lists a folder; a missing one holds nothing.
func ListFolder(ctx context.Context, store providers.Store, dir string) (Folder, error) {
	entries, err := store.List(ctx, dir)
	if errors.Is(err, fs.ErrNotExist) {
		return Folder{}, nil
	}
	if partial, ok := errors.AsType[*providers.PartialListing](err); ok {
		return Folder{partial.Files, partial}, nil
	}
	return Folder{entries, nil}, err
}

// Has reports whether the folder has an entry of that name; the error is that of a line
// which may hide it.
func (f Folder) Has(name string) (bool, error) {
	if slices.ContainsFunc(f.entries, func(e providers.File) bool { return e.Name() == name }) {
		return true, nil
	}
	if f.partial != nil && f.partial.MayHide(name) {
		return false, f.partial
	}
	return false, nil
}

// listFor lists the parent of paths in one folder. A line that was not understood is no
// error where it cannot stand for one of them.
func listFor(ctx context.Context, store providers.Store, paths ...string) ([]providers.File, error) {
	entries, err := store.List(ctx, path.Dir(paths[0]))
	partial, ok := errors.AsType[*providers.PartialListing](err)
	switch {
	case !ok:
		return entries, err
	case slices.ContainsFunc(paths, func(p string) bool { return partial.MayHide(path.Base(p)) }):
		return partial.Files, err
	}
	return partial.Files, nil
}

// Absent proves that a name is free, also on a disk that ignores case.
func Absent(ctx context.Context, store providers.Store, p string) error {
	entries, err := listFor(ctx, store, p)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	for _, e := range entries {
		if strings.EqualFold(e.Name(), path.Base(p)) {
			return fmt.Errorf("%s %w", e.Path, ErrThere)
		}
	}
	return err
}
