package remote

import (
	"context"
	"fmt"
	"path"
	"slices"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/read"
)

// ReadSet reads the tree of one set. Links and devices, names that cannot be
// used or that clash make it unusable.
func ReadSet(ctx context.Context, store providers.Store, k state.Key, dir string) (state.Set, error) {
	s, _, err := ListSet(ctx, store, k, dir)
	return s, err
}

// ListSet is ReadSet that also tells the size of the manifest, in bytes; 0 if there is
// none.
func ListSet(ctx context.Context, store providers.Store, k state.Key, dir string) (s state.Set, manifest int64, err error) {
	tree, err := read.Folder(ctx, store, dir)
	if err != nil {
		return state.Set{}, 0, err
	}
	s = state.Set{Key: k, Path: dir, State: state.Unmarked, Dirs: tree.Dirs}.With(tree.Files)
	if s.Marked {
		s.State = state.Complete
		i := slices.IndexFunc(tree.Files, func(f state.File) bool { return path.Join(dir, f.Path) == s.ManifestPath() })
		manifest = tree.Files[i].Size
	}
	if len(tree.Odd) > 0 {
		s.State, s.Problem = state.Damaged, tree.Odd[0]
	}
	return s, manifest, nil
}

// ReadWhole is ReadSet with the manifest of a set that looks complete.
func ReadWhole(ctx context.Context, store providers.Store, k state.Key, dir string) (state.Set, error) {
	s, err := ReadSet(ctx, store, k, dir)
	if err != nil || s.State != state.Complete {
		return s, err
	}
	return read.Manifests(ctx, store, []state.Set{s})[0], nil
}

// Difference names the first file by which two sorted lists differ.
func Difference(want, got []state.File) string {
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
