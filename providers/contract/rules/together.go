package rules

import (
	"context"
	"fmt"
	"io"

	"github.com/vmxsync/vmxsync/providers/contract/bodies"
	"github.com/vmxsync/vmxsync/providers/contract/trial"
)

var together = []Clause{
	{"together", "with more callers than sessions, every caller gets a session",
		"lower connections to the number that the server allows", manyAtOnce},
	// Behind the rule that finds out how many sessions there are: who holds
	// readers must not wait for one that the server does not allow.
	{"open-together", "as many files can be read at once as there are sessions", "lower connections", openTogether},
	{"together-parents", "concurrent uploads into the same missing folder all succeed (MKD has one winner)",
		"set connections = 1", sameParents},
}

func manyAtOnce(ctx context.Context, t *trial.Trial) {
	trial.AtOnce(t, func(own *trial.Trial, i int) {
		dir, body := fmt.Sprintf("vm-%d", i), bodies.Noise{Seed: uint64(i), Bytes: 20 << 10}
		own.Must(own.Put(ctx, dir+"/disk", body))
		own.Holds(ctx, dir+"/disk", body)
	})
	t.Works(ctx)
}

func sameParents(ctx context.Context, t *trial.Trial) {
	trial.AtOnce(t, func(own *trial.Trial, i int) {
		name := fmt.Sprintf("a/b/c/file-%d", i)
		own.Write(ctx, name, name)
		own.Holds(ctx, name, bodies.Text(name))
	})
}

func openTogether(ctx context.Context, t *trial.Trial) {
	body := bodies.Noise{Bytes: 100 << 10}
	t.Must(t.Put(ctx, "file", body))
	var readers []io.ReadCloser
	for range t.Store.Traits().Sessions {
		if r := trial.Reader(ctx, t, "file"); r != nil {
			readers = append(readers, r)
		}
	}
	for _, r := range readers {
		t.Must(bodies.Same(r, body, 0))
		t.Must(r.Close())
	}
	t.Works(ctx)
}
