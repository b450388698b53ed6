package rules

import (
	"context"
	"io/fs"

	"github.com/vmxsync/vmxsync/providers/contract/bodies"
	"github.com/vmxsync/vmxsync/providers/contract/trial"
)

var removes = []Clause{
	{"remove-file", "a file can be deleted, and nothing else is deleted with it",
		"allow the account to delete", removeFile},
	{"remove-empty-directory", "an empty directory can be deleted",
		"allow the account to delete folders", removeEmptyDirectory},
	{"remove-full-directory", "a directory that is not empty is not deleted, and its content is kept", "", removeFullDirectory},
	{"remove-missing", "deleting a missing path reports that it does not exist", "", removeMissing},
}

func removeFile(ctx context.Context, t *trial.Trial) {
	t.Write(ctx, "dir/a", "one")
	t.Write(ctx, "dir/b", "two")
	t.Must(t.Remove(ctx, "dir/a"))
	t.Gone(ctx, "dir/a")
	t.Lists(ctx, "dir", "b")
	t.Must(t.Remove(ctx, "dir/b"))
	t.IsDir(ctx, "dir")
}

func removeEmptyDirectory(ctx context.Context, t *trial.Trial) {
	t.EmptyDir(ctx, "dir/empty")
	t.Write(ctx, "dir/file", "text")
	t.Must(t.Remove(ctx, "dir/empty"))
	t.Gone(ctx, "dir/empty")
	t.Lists(ctx, "dir", "file")
}

func removeFullDirectory(ctx context.Context, t *trial.Trial) {
	t.Write(ctx, "file/in", "one")
	t.EmptyDir(ctx, "folder/in")
	for _, dir := range []string{"file", "folder"} {
		t.Refused("deleting a directory that is not empty", t.Remove(ctx, dir), nil)
		t.Lists(ctx, dir, "in")
	}
	t.Holds(ctx, "file/in", bodies.Text("one"))
	t.IsDir(ctx, "folder/in")
}

func removeMissing(ctx context.Context, t *trial.Trial) {
	t.Write(ctx, "file", "text")
	t.Refused("deleting a missing file", t.Remove(ctx, "missing"), fs.ErrNotExist)
	t.Refused("deleting below a missing folder", t.Remove(ctx, "nowhere/missing"), fs.ErrNotExist)
	t.Lists(ctx, ".", "file")
}
