package step

import (
	"context"

	"github.com/vmxsync/vmxsync/apply/remote"
	"github.com/vmxsync/vmxsync/apply/task"
	"github.com/vmxsync/vmxsync/diff"
)

// Unstage deletes the staged files of an upload, to free their room; they can be sent
// again. Its error is an *Error.
func Unstage(ctx context.Context, e task.Env) error {
	folder := e.Place.WorkDir.Staged(e.Key)
	if err := e.Guard(ctx); err != nil {
		return &Error{e.Address, diff.OpRelease, folder, err}
	}
	if err := publishingOf(e).vacate(ctx); err != nil {
		return &Error{e.Address, diff.OpRelease, e.Final(), err}
	}
	if err := e.Removed(removeOwn(ctx, e, folder, e.AsStaged(), remote.RemoveTree)); err != nil {
		return &Error{e.Address, diff.OpRelease, folder, err}
	}
	return nil
}
