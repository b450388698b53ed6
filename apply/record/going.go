package record

import (
	"context"
	"slices"

	"github.com/vmxsync/vmxsync/apply/remote"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state/known"
	"github.com/vmxsync/vmxsync/state/read"
)

// announce writes the list of the sets that are about to be deleted at a destination. It
// adds to what an apply has announced that died since the last record: no record contains
// its deletes yet.
func announce(ctx context.Context, store providers.Store, p diff.Place, keys []known.Key) error {
	if p.Going {
		before, _ := read.Going(ctx, store, p.WorkDir) // of a list that cannot be read, none
		keys = append(keys, before...)
	}
	slices.SortFunc(keys, known.Key.Compare)
	return store.Put(ctx, p.WorkDir.Going(), remote.Bytes(known.EncodeKeys(slices.Compact(keys))))
}
