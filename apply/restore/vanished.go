package restore

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/vmxsync/vmxsync/diff/restore"
	"github.com/vmxsync/vmxsync/providers"
)

// vanished says which set is no longer where the plan saw it, if that is why a restore
// failed with err: another apply has deleted it, or moved it to trash.
func (r *run) vanished(ctx context.Context, s restore.Set, err error) error {
	if !errors.Is(err, fs.ErrNotExist) || ctx.Err() != nil {
		return err
	}
	for _, o := range s.Origins {
		store := r.Stores[o.Place]
		if store == nil {
			continue
		}
		if _, missing := store.Stat(ctx, o.Path); errors.Is(missing, fs.ErrNotExist) {
			err = errors.Join(providers.WithHint(fmt.Errorf("%s: the set is no longer at %s: it was deleted, or moved to trash, after this restore was planned", o.Place, o.Path),
				"Run the same command again: it finds sets in trash, too, and fetches only what is missing."), err)
		}
	}
	return err
}
