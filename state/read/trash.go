package read

import (
	"context"
	"errors"
	"io/fs"
	"path"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/known"
)

// readTrash reads what deletes and replacements have moved to trash.
func readTrash(ctx context.Context, store providers.Store, work state.WorkDir, inv *state.Inventory) error {
	file := func(name string) error { return readGoing(ctx, store, work, name, inv) }
	return inPart(inv, eachEntry(ctx, store, work.Trash(), file, func(name string) error {
		k, run, replaced, err := state.ParseTrash(name)
		if err != nil {
			return nil
		}
		t := state.Trashed{Key: k, Path: path.Join(work.Trash(), name), Run: run, Replaced: replaced}
		tree, err := Folder(ctx, store, t.Path)
		if err != nil {
			return unread(inv, k.VM, err)
		}
		t.Files, t.Dirs, t.Stuck = tree.Files, tree.Dirs, tree.stuck()
		t.Marked = tree.isMarked()
		inv.Trash = append(inv.Trash, t)
		return nil
	}))
}

// readGoing reads the list of sets that an apply was about to delete.
func readGoing(ctx context.Context, store providers.Store, work state.WorkDir, name string, inv *state.Inventory) error {
	if name != path.Base(work.Going()) {
		return nil
	}
	keys, err := Going(ctx, store, work)
	if gone(err) {
		return err
	}
	inv.Going = keys // of a list that cannot be read, none
	return nil
}

// Going reads which sets an apply was about to delete; none where there is no list.
func Going(ctx context.Context, store providers.Store, work state.WorkDir) ([]known.Key, error) {
	data, err := File(ctx, store, work.Going(), state.MaxClaim)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return known.DecodeKeys(data), err
}
