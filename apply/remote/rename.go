package remote

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/known"
)

// Move renames to a name that was just shown to be free, for a caller that reads it next.
// An error is ignored if the listing shows the move: the reply was lost, not the move.
func Move(ctx context.Context, store providers.Store, from, to string) error {
	failed := providers.LeanOf(store).RenameToFree(ctx, from, to)
	if failed == nil || errors.Is(failed, fs.ErrExist) {
		return failed
	}
	return happened(ctx, store, from, to, failed)
}

// Rename moves and then asks the listing. An error of the store is ignored if the
// listing shows the move: the reply was lost, not the move.
func Rename(ctx context.Context, store providers.Store, from, to string) error {
	failed := store.Rename(ctx, from, to)
	if errors.Is(failed, fs.ErrExist) {
		return failed
	}
	return happened(ctx, store, from, to, failed)
}

// happened asks the listing whether a rename was done, which ended with failed.
func happened(ctx context.Context, store providers.Store, from, to string, failed error) error {
	if err := ctx.Err(); err != nil {
		return errors.Join(failed, err)
	}
	there, left, err := bothEntries(ctx, store, to, from)
	switch {
	case err != nil:
		return errors.Join(failed, err)
	case there && !left:
		return nil
	case failed != nil:
		return failed
	}
	return NotShown(from, to)
}

// bothEntries reports which of two names are listed, in one listing if they are in one
// folder.
func bothEntries(ctx context.Context, store providers.Store, a, b string) (hasA, hasB bool, err error) {
	if path.Dir(a) != path.Dir(b) {
		if _, hasA, err = Entry(ctx, store, a); err == nil {
			_, hasB, err = Entry(ctx, store, b)
		}
		return hasA, hasB, err
	}
	entries, err := listFor(ctx, store, a, b)
	if errors.Is(err, fs.ErrNotExist) {
		return false, false, nil
	}
	for _, e := range entries {
		hasA, hasB = hasA || e.Name() == path.Base(a), hasB || e.Name() == path.Base(b)
	}
	return hasA, hasB, err
}

// NotShown is the error of a rename that a place has acknowledged and not done.
func NotShown(from, to string) error {
	return fmt.Errorf("the server acknowledged the rename of %s to %s, but the listing does not show it", from, to)
}

// RenameFolder is Rename with a hint if the place refuses.
func RenameFolder(ctx context.Context, store providers.Store, work state.WorkDir, from, to string) error {
	return hinted(ctx, store, work, Rename(ctx, store, from, to))
}

// MoveFolder is Move with a hint if the place refuses.
func MoveFolder(ctx context.Context, store providers.Store, work state.WorkDir, from, to string) error {
	return hinted(ctx, store, work, Move(ctx, store, from, to))
}

func hinted(ctx context.Context, store providers.Store, work state.WorkDir, err error) error {
	if err == nil || ctx.Err() != nil || !Refused(err) {
		return err
	}
	return HintRefused(ctx, store, work, known.MovesFolders, err)
}
