package contract

import (
	"context"
	"fmt"
	"sync"
	"time"
)

var together = []clause{
	{"together", "with more callers than sessions, every caller gets a session",
		"lower connections to the number that the server allows", manyAtOnce},
	// Behind the rule that finds out how many sessions there are: who holds
	// readers must not wait for one that the server does not allow.
	{"open-together", "as many files can be read at once as there are sessions", "lower connections", openTogether},
	{"together-parents", "concurrent uploads into the same missing folder all succeed (MKD has one winner)",
		"set connections = 1", sameParents},
}

func manyAtOnce(ctx context.Context, t *trial) {
	t.atOnce(func(own *trial, i int) {
		dir, body := fmt.Sprintf("vm-%d", i), Noise{Seed: uint64(i), Bytes: 20 << 10}
		own.must(own.put(ctx, dir+"/disk", body))
		own.holds(ctx, dir+"/disk", body)
	})
	t.works(ctx)
}

// renamesAtOnce publishes and deletes, each caller a folder of its own.
func renamesAtOnce(ctx context.Context, t *trial) {
	t.atOnce(func(own *trial, i int) {
		dir, body := fmt.Sprintf("vm-%d", i), Noise{Seed: uint64(i), Bytes: 20 << 10}
		own.must(own.put(ctx, dir+"/disk", body))
		own.must(own.rename(ctx, dir, "final/"+dir))
		own.holds(ctx, "final/"+dir+"/disk", body)
		own.must(own.remove(ctx, "final/"+dir+"/disk"))
		own.lists(ctx, "final/"+dir)
	})
	t.works(ctx)
}

func sameParents(ctx context.Context, t *trial) {
	t.atOnce(func(own *trial, i int) {
		name := fmt.Sprintf("a/b/c/file-%d", i)
		own.write(ctx, name, name)
		own.holds(ctx, name, Text(name))
	})
}

// atOnce runs do in more goroutines than there are sessions, each with a trial
// of its own, and takes over the first thing that went wrong in any of them.
func (t *trial) atOnce(do func(own *trial, i int)) {
	if t.err != nil {
		return
	}
	trials := make([]trial, t.env.Store.Traits().Sessions+4)
	var wg sync.WaitGroup
	for i := range trials {
		trials[i].env = t.env
		wg.Go(func() { do(&trials[i], i) })
	}
	if !within(t.env.Patience, wg.Wait) {
		t.broken("%d callers: not all came back within %v", len(trials), t.env.Patience)
		return
	}
	for i := range trials {
		t.must(trials[i].err)
	}
}

// spread does n things, as many at once as there are sessions, each worker with
// a trial of its own.
func (t *trial) spread(n int, do func(own *trial, i int)) {
	if t.err != nil {
		return
	}
	trials := make([]trial, t.env.Store.Traits().Sessions)
	var wg sync.WaitGroup
	for w := range trials {
		trials[w].env = t.env
		wg.Go(func() {
			for i := w; i < n; i += len(trials) {
				do(&trials[w], i)
			}
		})
	}
	wg.Wait()
	for w := range trials {
		t.must(trials[w].err)
	}
}

// within reports whether wait returned in time.
func within(patience time.Duration, wait func()) bool {
	done := make(chan struct{})
	go func() { wait(); close(done) }()
	select {
	case <-done:
		return true
	case <-time.After(patience):
		return false
	}
}
