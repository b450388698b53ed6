package contract

import (
	"context"
	"io/fs"
)

var removes = []clause{
	{"remove-file", "a file can be removed, and nothing else goes with it",
		"give the account the right to delete", removeFile},
	{"remove-empty-directory", "an empty directory can be removed",
		"give the account the right to delete folders", removeEmptyDirectory},
	{"remove-full-directory", "a directory with content is not removed, and all in it stays", "", removeFullDirectory},
	{"remove-missing", "removing a missing path says that it does not exist", "", removeMissing},
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
		t.refused("removal of a directory with content", t.remove(ctx, dir), nil)
		t.lists(ctx, dir, "in")
	}
	t.holds(ctx, "file/in", Text("one"))
	t.isDir(ctx, "folder/in")
}

func removeMissing(ctx context.Context, t *trial) {
	t.write(ctx, "file", "text")
	t.refused("removal of a missing file", t.remove(ctx, "missing"), fs.ErrNotExist)
	t.refused("removal below a missing folder", t.remove(ctx, "nowhere/missing"), fs.ErrNotExist)
	t.lists(ctx, ".", "file")
}
