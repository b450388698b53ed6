package rules

import (
	"context"
	"io"
	"io/fs"

	"github.com/vmxsync/vmxsync/providers/contract/bodies"
	"github.com/vmxsync/vmxsync/providers/contract/trial"
)

var opens = []Clause{
	{"open-missing", "reading a missing file reports that it does not exist", "", openMissing},
	{"open-offset", "reading from an offset delivers the rest of the file", "", openOffset},
	{"open-directory", "reading a directory fails", "", openDirectory},
	{"open-close-early", "a reader may be closed before its end, and the store keeps working", "", openCloseEarly},
}

func openMissing(ctx context.Context, t *trial.Trial) {
	t.Write(ctx, "file", "text")
	t.Refused("reading a missing file", trial.Drain(ctx, t, "missing"), fs.ErrNotExist)
	t.Refused("reading below a missing folder", trial.Drain(ctx, t, "nowhere/missing"), fs.ErrNotExist)
}

func openOffset(ctx context.Context, t *trial.Trial) {
	body := bodies.Noise{Bytes: 200<<10 + 7}
	t.Must(t.Put(ctx, "file", body))
	for _, offset := range []int64{0, 1, 4096, 100<<10 + 3, body.Bytes - 1} {
		t.Reads(ctx, "file", body, offset)
	}
}

func openDirectory(ctx context.Context, t *trial.Trial) {
	t.Write(ctx, "dir/file", "text")
	t.Refused("reading a directory", trial.Drain(ctx, t, "dir"), nil)
	t.Works(ctx)
}

func openCloseEarly(ctx context.Context, t *trial.Trial) {
	body := bodies.Noise{Bytes: 1 << 20}
	t.Must(t.Put(ctx, "file", body))
	for range t.Store.Traits().Sessions + 2 {
		peek(ctx, t, "file")
	}
	t.Holds(ctx, "file", body)
}

// peek reads a few bytes and closes the reader.
func peek(ctx context.Context, t *trial.Trial, name string) {
	r := trial.Reader(ctx, t, name)
	if r == nil {
		return
	}
	_, err := io.ReadFull(r, make([]byte, 10))
	t.Must(err)
	t.Must(r.Close())
}
