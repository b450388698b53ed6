package apply

import (
	"context"
	"errors"
	"path"
	"strings"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

const (
	inPlaceHint = "Where the server cannot rename folders, set publish = \"in_place\" for this destination."
	acrossHint  = "The server renames nothing from one folder into another: a file that was tried was refused, too. Both modes of `publish` need that, so this destination cannot be used as it is. " +
		"Allow the account to rename (RNFR and RNTO) between folders, or use another server; vmxsync check tries what a server can do."
)

// renameFolder is rename. A place that refuses it may know files only, or no
// renames between folders at all: one of a file in our own folder tells.
func (x *executor) renameFolder(ctx context.Context, j *job, from, to string) error {
	err := rename(ctx, j.store, from, to)
	if err == nil || ctx.Err() != nil || !refused(err) {
		return err
	}
	hint := acrossHint
	if movesFiles(ctx, j.store, j.place.WorkDir) {
		hint = strings.TrimSpace(providers.Hint(err) + "\n" + inPlaceHint)
	}
	return providers.WithHint(err, hint)
}

// renameTest is an empty file that comes and goes in our own folder.
const renameTest = "rename-test"

// movesFiles tells whether a place renames a file from one folder into another. What
// went wrong otherwise says nothing about that.
func movesFiles(ctx context.Context, store providers.Store, work state.WorkDir) bool {
	from, to := path.Join(string(work), renameTest), path.Join(work.Staging(), renameTest)
	if err := store.Put(ctx, from, bytesBody(nil)); err != nil {
		return true
	}
	err := rename(ctx, store, from, to)
	cleared := errors.Join(removeIfThere(ctx, store, from), removeIfThere(ctx, store, to))
	return err == nil || !refused(err) || cleared != nil && ctx.Err() != nil
}
