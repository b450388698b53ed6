package rules

import (
	"context"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/contract/bodies"
	"github.com/vmxsync/vmxsync/providers/contract/trial"
)

var failures = []Clause{
	{"body-odd", "a body that arrives in uneven pieces is stored completely", "", bodyOdd},
	{"body-fails", "a body that fails half way fails the upload and leaves at most a partial file", "", bodyFails},
	{"body-closed", "a body that cannot be opened fails the upload", "", bodyClosed},
	{"body-short", "a body with fewer bytes than its size fails the upload", "", bodyShort},
	{"body-long", "a body with more bytes than its size fails the upload", "", bodyLong},
}

var ordinary = bodies.Noise{Seed: 7, Bytes: 256 << 10}

func bodyOdd(ctx context.Context, t *trial.Trial) {
	t.Must(t.Put(ctx, "file", bodies.Odd{Body: ordinary}))
	t.Holds(ctx, "file", ordinary)
}

func bodyFails(ctx context.Context, t *trial.Trial) {
	spoils(ctx, t, "a body that fails half way", bodies.Failing{Body: ordinary, At: ordinary.Bytes / 2})
	spoils(ctx, t, "a body that fails at once", bodies.Failing{Body: ordinary, At: 0})
	spoils(ctx, t, "a body that fails at its end", bodies.Failing{Body: ordinary, At: ordinary.Bytes})
}

func bodyClosed(ctx context.Context, t *trial.Trial) {
	spoils(ctx, t, "a body that cannot be opened", bodies.Closed{Body: ordinary})
}

func bodyShort(ctx context.Context, t *trial.Trial) {
	spoils(ctx, t, "a body one byte short", bodies.Lying{Body: ordinary, Says: ordinary.Bytes + 1})
	spoils(ctx, t, "an empty body with a size of one byte", bodies.Lying{Body: bodies.Text(""), Says: 1})
}

func bodyLong(ctx context.Context, t *trial.Trial) {
	spoils(ctx, t, "a body one byte long", bodies.Lying{Body: ordinary, Says: ordinary.Bytes - 1})
	spoils(ctx, t, "a one-byte body with a size of zero", bodies.Lying{Body: ordinary, Says: 0})
}

// spoils demands that a put of body fails, leaves at most a part under its
// name, and that a second try with a sound body ends well.
func spoils(ctx context.Context, t *trial.Trial, what string, body providers.Body) {
	t.Refused("put of "+what, t.Put(ctx, "dir/file", body), nil)
	t.ListsOnly(ctx, ".", "dir")
	t.ListsOnly(ctx, "dir", "file")
	t.Must(t.Put(ctx, "dir/file", ordinary))
	t.Holds(ctx, "dir/file", ordinary)
	t.Must(t.Remove(ctx, "dir/file"))
}
