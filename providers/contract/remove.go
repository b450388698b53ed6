package contract

import (
	"context"
	"io/fs"
)

var removes = []clause{
	{"remove-file", "a file can be deleted, and nothing else is deleted with it",
		"allow the account to delete", removeFile},
	{"remove-empty-directory", "an empty directory can be deleted",
		"allow the account to delete folders", removeEmptyDirectory},
	{"remove-full-directory", "a directory that is not empty is not deleted, and its content is kept", "", removeFullDirectory},
	{"remove-missing", "deleting a missing path reports that it does not exist", "", removeMissing},
}

func removeFile(ctx context.Context, t *trial) {
	t.write(ctx, "dir/a", "one")
	t.write(ctx, "dir/b", "two")
	t.must(t.remove(ctx, "dir/a"))
	t.gone(ctx, "dir/a")
	t.lists(ctx, "dir", "b")
	t.must(t.remove(ctx, "dir/b"))
	t.isDir(ctx, "dir")
}

func removeEmptyDirectory(ctx context.Context, t *trial) {
	t.emptyDir(ctx, "dir/empty")
	t.write(ctx, "dir/file", "text")
	t.must(t.remove(ctx, "dir/empty"))
	t.gone(ctx, "dir/empty")
	t.lists(ctx, "dir", "file")
}

func removeFullDirectory(ctx context.Context, t *trial) {
	t.write(ctx, "file/in", "one")
	t.emptyDir(ctx, "folder/in")
	for _, dir := range []string{"file", "folder"} {
		t.refused("deleting a directory that is not empty", t.remove(ctx, dir), nil)
		t.lists(ctx, dir, "in")
	}
	t.holds(ctx, "file/in", Text("one"))
	t.isDir(ctx, "folder/in")
}

func removeMissing(ctx context.Context, t *trial) {
	t.write(ctx, "file", "text")
	t.refused("deleting a missing file", t.remove(ctx, "missing"), fs.ErrNotExist)
	t.refused("deleting below a missing folder", t.remove(ctx, "nowhere/missing"), fs.ErrNotExist)
	t.lists(ctx, ".", "file")
}
