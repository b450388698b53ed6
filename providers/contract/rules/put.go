package rules

import (
	"context"

	"github.com/vmxsync/vmxsync/providers/contract/bodies"
	"github.com/vmxsync/vmxsync/providers/contract/trial"
)

var puts = []Clause{
	{"put-empty", "an empty file is stored as an empty file", "", putEmpty},
	{"put-bytes", "an uploaded file comes back with the same size and the same bytes", "", putBytes},
	{"put-parents", "an upload creates missing parent directories", "", putParents},
	{"put-replaces", "an upload replaces a file, and shorter content leaves no remainder of the longer file",
		"allow the account to overwrite files (ProFTPD: AllowOverwrite on)", putReplaces},
	{"put-onto-directory", "an upload onto a directory fails and changes nothing", "", putOntoDirectory},
	{"put-below-file", "an upload below a file fails and leaves the file unchanged", "", putBelowFile},
}

func putBytes(ctx context.Context, t *trial.Trial) {
	for i, size := range t.Sizes {
		body := bodies.Noise{Seed: uint64(i), Bytes: size}
		t.Must(t.Put(ctx, "file", body))
		t.Holds(ctx, "file", body)
		t.Must(t.Remove(ctx, "file"))
	}
}

func putEmpty(ctx context.Context, t *trial.Trial) {
	t.Must(t.Put(ctx, "file", bodies.Text("")))
	t.Holds(ctx, "file", bodies.Text(""))
}

func putParents(ctx context.Context, t *trial.Trial) {
	t.Write(ctx, "a/b/c/d/e/file", "deep")
	t.Holds(ctx, "a/b/c/d/e/file", bodies.Text("deep"))
	t.Write(ctx, "a/b/x/file", "beside")
	t.Holds(ctx, "a/b/x/file", bodies.Text("beside"))
	t.Lists(ctx, "a/b", "c", "x")
}

func putReplaces(ctx context.Context, t *trial.Trial) {
	t.Must(t.Put(ctx, "file", bodies.Noise{Seed: 1, Bytes: 100 << 10}))
	shorter := bodies.Noise{Seed: 2, Bytes: 10 << 10}
	t.Must(t.Put(ctx, "file", shorter))
	t.Holds(ctx, "file", shorter)
	longer := bodies.Noise{Seed: 3, Bytes: 20 << 10}
	t.Must(t.Put(ctx, "file", longer))
	t.Holds(ctx, "file", longer)
	t.Must(t.Put(ctx, "file", bodies.Text("")))
	t.Holds(ctx, "file", bodies.Text(""))
}

func putOntoDirectory(ctx context.Context, t *trial.Trial) {
	t.Write(ctx, "dir/file", "text")
	t.Refused("uploading onto a directory", t.Put(ctx, "dir", bodies.Text("new")), nil)
	t.IsDir(ctx, "dir")
	t.Lists(ctx, ".", "dir")
	t.Holds(ctx, "dir/file", bodies.Text("text"))
}

func putBelowFile(ctx context.Context, t *trial.Trial) {
	t.Write(ctx, "file", "text")
	t.Refused("uploading below a file", t.Put(ctx, "file/below", bodies.Text("new")), nil)
	t.Holds(ctx, "file", bodies.Text("text"))
}
