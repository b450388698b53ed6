package apply

import (
	"context"
	"strings"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/known"
)

const (
	inPlaceHint = "If the server cannot rename folders, set publish = \"in_place\" for this destination."
	acrossHint  = "The server also refused to rename a test file from one folder into another. Both modes of `publish` need such renames, so this destination cannot be used as it is. " +
		"Allow the account to rename (RNFR and RNTO) between folders, or use another server; vmxsync check tests what a server can do."
)

// renameFolder is rename with a hint if the place refuses.
func (x *executor) renameFolder(ctx context.Context, j *job, from, to string) error {
	err := rename(ctx, j.store, from, to)
	if err == nil || ctx.Err() != nil || !refused(err) {
		return err
	}
	return hintRefused(ctx, j.store, j.place.WorkDir, err)
}

// hintRefused adds a hint to the refusal to rename a folder. Such a place may rename
// only files, or nothing between folders at all: renaming a file in our own folder
// shows which.
func hintRefused(ctx context.Context, store providers.Store, work state.WorkDir, refusal error) error {
	hint := acrossHint
	if refusal, _ := tryMove(ctx, store, work, known.MovesFiles); refusal == nil {
		hint = strings.TrimSpace(providers.Hint(refusal) + "\n" + inPlaceHint)
	}
	return providers.WithHint(refusal, hint)
}
