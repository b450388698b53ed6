package state

import (
	"context"
	"errors"
	"io/fs"
	"path"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state/known"
)

// readTrash reads what deletes and replacements have moved to trash.
func readTrash(ctx context.Context, store providers.Store, work WorkDir, inv *Inventory) error {
	file := func(name string) error { return readGoing(ctx, store, work, name, inv) }
	return inPart(inv, eachEntry(ctx, store, work.Trash(), file, func(name string) error {
		k, run, replaced, err := ParseTrash(name)
		if err != nil {
			return nil
		}
		t := Trashed{Key: k, Path: path.Join(work.Trash(), name), Run: run, Replaced: replaced}
		tree, err := ReadTree(ctx, store, t.Path)
		if err != nil {
			return unread(inv, k.VM, err)
		}
		t.Files, t.Dirs, t.Stuck = tree.Files, tree.Dirs, tree.stuck()
		for _, f := range tree.Files {
			t.Marked = t.Marked || f.Path == ManifestName
		}
		inv.Trash = append(inv.Trash, t)
		return nil
	}))
}

// readGoing reads the list of sets that an apply was about to delete.
func readGoing(ctx context.Context, store providers.Store, work WorkDir, name string, inv *Inventory) error {
	if name != path.Base(work.Going()) {
		return nil
	}
	keys, err := ReadGoing(ctx, store, work)
	if gone(err) {
		return err
	}
	inv.Going = keys // of a list that cannot be read, none
	return nil
}

// ReadGoing reads which sets an apply was about to delete; none where there is no list.
func ReadGoing(ctx context.Context, store providers.Store, work WorkDir) ([]known.Key, error) {
	data, err := readFile(ctx, store, work.Going(), MaxClaim)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return known.DecodeKeys(data), err
}
