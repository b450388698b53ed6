package contract

import "context"

var puts = []clause{
	{"put-empty", "an empty file is stored as an empty file", "", putEmpty},
	{"put-bytes", "an uploaded file comes back with the same size and the same bytes", "", putBytes},
	{"put-parents", "an upload creates missing parent directories", "", putParents},
	{"put-replaces", "an upload replaces a file, and shorter content leaves no remainder of the longer file",
		"allow the account to overwrite files (ProFTPD: AllowOverwrite on)", putReplaces},
	{"put-onto-directory", "an upload onto a directory fails and changes nothing", "", putOntoDirectory},
	{"put-below-file", "an upload below a file fails and leaves the file unchanged", "", putBelowFile},
}

func putBytes(ctx context.Context, t *trial) {
	for i, size := range t.env.Sizes {
		body := Noise{Seed: uint64(i), Bytes: size}
		t.must(t.put(ctx, "file", body))
		t.holds(ctx, "file", body)
		t.must(t.remove(ctx, "file"))
	}
}

func putEmpty(ctx context.Context, t *trial) {
	t.must(t.put(ctx, "file", Text("")))
	t.holds(ctx, "file", Text(""))
}

func putParents(ctx context.Context, t *trial) {
	t.write(ctx, "a/b/c/d/e/file", "deep")
	t.holds(ctx, "a/b/c/d/e/file", Text("deep"))
	t.write(ctx, "a/b/x/file", "beside")
	t.holds(ctx, "a/b/x/file", Text("beside"))
	t.lists(ctx, "a/b", "c", "x")
}

func putReplaces(ctx context.Context, t *trial) {
	t.must(t.put(ctx, "file", Noise{Seed: 1, Bytes: 100 << 10}))
	shorter := Noise{Seed: 2, Bytes: 10 << 10}
	t.must(t.put(ctx, "file", shorter))
	t.holds(ctx, "file", shorter)
	longer := Noise{Seed: 3, Bytes: 20 << 10}
	t.must(t.put(ctx, "file", longer))
	t.holds(ctx, "file", longer)
	t.must(t.put(ctx, "file", Text("")))
	t.holds(ctx, "file", Text(""))
}

func putOntoDirectory(ctx context.Context, t *trial) {
	t.write(ctx, "dir/file", "text")
	t.refused("uploading onto a directory", t.put(ctx, "dir", Text("new")), nil)
	t.isDir(ctx, "dir")
	t.lists(ctx, ".", "dir")
	t.holds(ctx, "dir/file", Text("text"))
}

func putBelowFile(ctx context.Context, t *trial) {
	t.write(ctx, "file", "text")
	t.refused("uploading below a file", t.put(ctx, "file/below", Text("new")), nil)
	t.holds(ctx, "file", Text("text"))
}
