package remote

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/known"
)

// Rename moves and then asks the listing. An error of the store is ignored if the
// listing shows the move: the reply was lost, not the move.
func Rename(ctx context.Context, store providers.Store, from, to string) error {
	failed := store.Rename(ctx, from, to)
	if errors.Is(failed, fs.ErrExist) {
		return failed
	}
	if err := ctx.Err(); err != nil {
		return errors.Join(failed, err)
	}
	_, there, err := Entry(ctx, store, to)
	if err != nil {
		return errors.Join(failed, err)
	}
	_, left, err := Entry(ctx, store, from)
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

// RenameFolder is Rename with a hint if the place refuses.
func RenameFolder(ctx context.Context, store providers.Store, work state.WorkDir, from, to string) error {
	err := Rename(ctx, store, from, to)
	if err == nil || ctx.Err() != nil || !Refused(err) {
		return err
	}
	return HintRefused(ctx, store, work, known.MovesFolders, err)
}
