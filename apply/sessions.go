package apply

import (
	"context"
	"sync"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
)

// openSessions opens the sessions that the uploads will need, while the places are compared
// with the plan. It is called under the locks: who waits for a lock takes no session from
// the apply that holds it. What is not open when end is called is not opened any more.
func (x *executor) openSessions(ctx context.Context) (end func()) {
	ctx, cancel := context.WithCancel(ctx)
	var all sync.WaitGroup
	for place, n := range x.puts() {
		if opener, ok := providers.As[providers.SessionOpener](x.opts.Stores[place]); ok && x.stops.lost[place] == nil {
			all.Go(func() { opener.OpenSessions(ctx, n) })
		}
	}
	return func() { cancel(); all.Wait() }
}

// readRecords reads the records of the places that get several files at once, beside them.
// With one session it would only hold up the files.
func (x *executor) readRecords(ctx context.Context) (end func()) {
	var all sync.WaitGroup
	for place, n := range x.puts() {
		if store := x.opts.Stores[place]; n > 1 && store != nil && store.Traits().Sessions > 1 {
			all.Go(func() { x.recorder.ReadAhead(ctx, place) })
		}
	}
	return all.Wait
}

// puts are how many files may be sent at once, by place.
func (x *executor) puts() map[string]int {
	n := map[string]int{}
	for _, j := range x.jobs.all {
		for _, s := range j.Steps {
			if s.Op == diff.OpPut {
				n[j.Place.Name]++
			}
		}
	}
	for place := range n {
		if most := x.opts.Parallelism; most > 0 {
			n[place] = min(n[place], most)
		}
	}
	return n
}
