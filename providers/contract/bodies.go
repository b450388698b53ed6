package contract

import (
	"context"

	"github.com/vmxsync/vmxsync/providers"
)

var bodies = []clause{
	{"body-odd", "a body that arrives in uneven pieces is stored completely", "", bodyOdd},
	{"body-fails", "a body that fails half way fails the upload and leaves at most a partial file", "", bodyFails},
	{"body-closed", "a body that cannot be opened fails the upload", "", bodyClosed},
	{"body-short", "a body with fewer bytes than its size fails the upload", "", bodyShort},
	{"body-long", "a body with more bytes than its size fails the upload", "", bodyLong},
}

var ordinary = Noise{Seed: 7, Bytes: 256 << 10}

func bodyOdd(ctx context.Context, t *trial) {
	t.must(t.put(ctx, "file", odd{ordinary}))
	t.holds(ctx, "file", ordinary)
}

func bodyFails(ctx context.Context, t *trial) {
	t.spoils(ctx, "a body that fails half way", failing{ordinary, ordinary.Bytes / 2})
	t.spoils(ctx, "a body that fails at once", failing{ordinary, 0})
	t.spoils(ctx, "a body that fails at its end", failing{ordinary, ordinary.Bytes})
}

func bodyClosed(ctx context.Context, t *trial) {
	t.spoils(ctx, "a body that cannot be opened", closed{ordinary})
}

func bodyShort(ctx context.Context, t *trial) {
	t.spoils(ctx, "a body one byte short", lying{ordinary, ordinary.Bytes + 1})
	t.spoils(ctx, "an empty body with a size of one byte", lying{Text(""), 1})
}

func bodyLong(ctx context.Context, t *trial) {
	t.spoils(ctx, "a body one byte long", lying{ordinary, ordinary.Bytes - 1})
	t.spoils(ctx, "a one-byte body with a size of zero", lying{ordinary, 0})
}

// spoils demands that a put of body fails, leaves at most a part under its
// name, and that a second try with a sound body ends well.
func (t *trial) spoils(ctx context.Context, what string, body providers.Body) {
	t.refused("put of "+what, t.put(ctx, "dir/file", body), nil)
	t.listsOnly(ctx, ".", "dir")
	t.listsOnly(ctx, "dir", "file")
	t.must(t.put(ctx, "dir/file", ordinary))
	t.holds(ctx, "dir/file", ordinary)
	t.must(t.remove(ctx, "dir/file"))
}
