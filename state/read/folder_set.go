package read

import (
	"context"
	"errors"
	"fmt"
	"path"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

// FolderSet is the set in a folder of a place that is no destination, with the address that
// its manifest has.
func FolderSet(ctx context.Context, store providers.Store, dir string) (state.Set, error) {
	tree, err := Folder(ctx, store, dir)
	if err != nil {
		return state.Set{}, err
	}
	s := state.Set{Path: dir, Dirs: tree.Dirs, Junk: tree.Junk, State: state.Complete}.With(tree.Files)
	text, err := ManifestText(ctx, store, dir)
	if err != nil {
		return s, err
	}
	m, err := state.ParseManifest(text)
	switch {
	case errors.Is(err, state.ErrNewer):
		return s, fmt.Errorf("%s: %w", dir, err)
	case err != nil:
		s.Key = state.Key{VM: path.Base(dir)}
		s.State, s.Problem = state.Damaged, err.Error()
		return s, nil
	}
	s.Key, s.Manifest = m.Key, m
	return s, nil
}
