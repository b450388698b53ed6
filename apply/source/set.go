package source

import (
	"context"
	"fmt"

	"github.com/vmxsync/vmxsync/apply/remote"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/read"
)

// ReadSet reads a set at a source and compares it with the planned files, sorted by
// path. An error wraps ErrChanged where it differs, fs.ErrNotExist where it is
// missing.
func ReadSet(ctx context.Context, store providers.Store, dir string, ignore []string, want []state.File) ([]state.File, error) {
	tree, err := read.SourceSet(ctx, store, dir, ignore)
	if err != nil {
		return nil, err
	}
	if len(tree.Odd) > 0 {
		return nil, fmt.Errorf("%s %w: %s", dir, ErrChanged, tree.Odd[0])
	}
	if !state.SameContent(tree.Files, want) {
		return nil, fmt.Errorf("%s %w: %s", dir, ErrChanged, remote.Difference(want, tree.Files))
	}
	for i, f := range tree.Files {
		if !f.ModTime.Equal(want[i].ModTime) {
			return nil, fmt.Errorf("%s %w: %s is dated %s, planned %s",
				dir, ErrChanged, f.Path, f.ModTime.UTC(), want[i].ModTime.UTC())
		}
	}
	return tree.Files, nil
}
