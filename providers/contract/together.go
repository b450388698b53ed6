package contract

import (
	"context"
	"fmt"
	"sync"
	"time"
)

var together = []Rule{
	{"together", "more callers at once than there are sessions all get their turn",
		"lower connections to what the server allows", manyAtOnce},
	{"together-parents", "many puts at once into the same missing folder all succeed", "", sameParents},
}

func manyAtOnce(ctx context.Context, t *trial) {
	t.atOnce(func(own *trial, i int) {
		dir, body := fmt.Sprintf("vm-%d", i), Noise{Seed: uint64(i), Bytes: 20 << 10}
		own.must(own.put(ctx, dir+"/disk", body))
		own.holds(ctx, dir+"/disk", body)
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

// within tells whether wait returned in time.
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
