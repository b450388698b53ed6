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

// moveTest begins the name of an empty file, or of a folder with one in it, which is
// made in the staging folder and moved out of it.
const moveTest = "move-test"

const (
	inPlaceHint = "If the server cannot rename folders, set publish = \"in_place\" for this destination."
	acrossHint  = "The server also refused to rename a test file from one folder into another. Both modes of `publish` need such renames, so this destination cannot be used as it is. " +
		"Allow the account to rename (RNFR and RNTO) between folders, or use another server; vmxsync check tests what a server can do."
)

// TryMove distinguishes a place that refuses the rename from other errors. It leaves
// nothing behind, and cleans up what an earlier trial has left: a name that is taken is
// found out by the refusal.
func TryMove(ctx context.Context, store providers.Store, work state.WorkDir, what known.Moves) (refusal, err error) {
	name := moveTest + "-" + string(what)
	from, to := path.Join(work.Staging(), name), path.Join(string(work), name)
	file := "."
	if what == known.MovesFolders {
		file = moveTest
	}
	if err := store.Put(ctx, path.Join(from, file), Bytes(nil)); err != nil {
		return nil, err
	}
	lean := providers.LeanOf(store)
	failed := lean.RenameToFree(ctx, from, to)
	if errors.Is(failed, fs.ErrExist) {
		clearTest(ctx, store, to, what)
		failed = store.Rename(ctx, from, to)
	}
	if failed == nil {
		_, failed = lean.SizeOf(ctx, path.Join(to, file))
		if errors.Is(failed, fs.ErrNotExist) {
			failed = fmt.Errorf("the server acknowledged the rename of %s to %s, but %s does not exist", from, to, to)
		}
	}
	if failed != nil {
		clearTest(ctx, store, from, what)
	}
	clearTest(ctx, store, to, what)
	if failed != nil && ctx.Err() == nil && Refused(failed) {
		return failed, nil
	}
	return nil, failed
}

// clearTest cleans up after a trial, as far as the place allows it: leftovers are in
// our own folder and do no harm.
func clearTest(ctx context.Context, store providers.Store, p string, what known.Moves) {
	if what == known.MovesFiles {
		_ = RemoveListed(ctx, store, providers.File{Path: p, Kind: providers.Regular})
		return
	}
	_ = RemoveListed(ctx, store, providers.File{Path: path.Join(p, moveTest), Kind: providers.Regular})
	_ = providers.LeanOf(store).RemoveEmptied(ctx, p)
}

// UndoTrials removes what trials have left that were interrupted, and the folder that they
// were made in if it holds nothing else, as far as the place allows it.
func UndoTrials(ctx context.Context, store providers.Store, work state.WorkDir) {
	for _, what := range []known.Moves{known.MovesFolders, known.MovesFiles} {
		for _, dir := range []string{work.Staging(), string(work)} {
			clearTest(ctx, store, path.Join(dir, moveTest+"-"+string(what)), what)
		}
	}
	_ = RemoveListed(ctx, store, providers.File{Path: work.Staging(), Kind: providers.Dir})
}

// HintRefused adds a hint to the refusal to rename what. A place that refuses to rename a
// folder may rename only files, or nothing between folders at all: renaming a file in our
// own folder shows which.
func HintRefused(ctx context.Context, store providers.Store, work state.WorkDir, what known.Moves, refusal error) error {
	hint := acrossHint
	if what == known.MovesFolders {
		if refused, _ := TryMove(ctx, store, work, known.MovesFiles); refused == nil {
			hint = inPlaceHint
		}
	}
	return providers.WithHint(refusal, hint)
}
