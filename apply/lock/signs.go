package lock

import (
	"context"
	"crypto/sha256"
	"fmt"
	"path"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
	"github.com/vmxsync/vmxsync/state/read"
)

// PlaceOf is the place of a plan, as a lock knows it.
func PlaceOf(p diff.Place, store providers.Store) Place {
	return Place{
		Name: p.Name, Key: p.Type + " " + p.Location, Store: store, Work: p.WorkDir, Used: p.Owner != "",
		Signs: func(ctx context.Context) string { return signs(ctx, store, p) },
	}
}

// signs is a digest of the names and sizes of all files that uploads send there.
// Folders that cannot be read are left out.
func signs(ctx context.Context, store providers.Store, p diff.Place) string {
	seen := sha256.New()
	tree := func(dir string) []string {
		t, err := read.Folder(ctx, store, dir)
		if err != nil {
			return nil
		}
		for _, f := range t.Files {
			fmt.Fprintf(seen, "%q %d\n", path.Join(dir, f.Path), f.Size)
		}
		return t.Dirs
	}
	for _, staged := range tree(p.WorkDir.Staging()) {
		if k, err := state.ParseDecorated(staged); err == nil && p.Publish == config.InPlace {
			tree(p.Layout.Path(k))
		}
	}
	return fmt.Sprintf("%x", seen.Sum(nil))
}
