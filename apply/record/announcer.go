package record

import (
	"context"
	"sync"

	"github.com/vmxsync/vmxsync/apply/event"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/state/known"
)

// Announcer records which sets of a destination a run may delete, or has already deleted,
// before it deletes the first one there: if it dies, the next reading does not report them
// as vanished. No destination waits for another.
type Announcer struct {
	run Run
	at  map[string]*announcement // by place
}

// announcement is the state of the list of the planned deletes at a place.
type announcement struct {
	mu    sync.Mutex
	tries int
	made  bool
}

// NewAnnouncer returns the announcer of a run.
func NewAnnouncer(run Run) *Announcer {
	n := &Announcer{run, map[string]*announcement{}}
	for _, p := range run.Plan.Places {
		n.at[p.Name] = &announcement{}
	}
	return n
}

// Before is called before a delete.
func (n *Announcer) Before(ctx context.Context, p diff.Place) {
	a := n.at[p.Name]
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.tries == 0 {
		n.try(ctx, p, a)
	}
}

// After is called after a delete, and tries once more after the first one: a place that
// was full may have room for the list by then.
func (n *Announcer) After(ctx context.Context, p diff.Place) {
	a := n.at[p.Name]
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.tries == 1 && !a.made {
		n.try(ctx, p, a)
	}
}

func (n *Announcer) try(ctx context.Context, p diff.Place, a *announcement) {
	a.tries++
	var keys []known.Key
	more := a.tries > 1
	for _, d := range n.run.Work.Deletions(p.Name) {
		keys, more = append(keys, d.Key), more || !d.Done
	}
	if !more || !n.run.Locks.Holds(p.Name) {
		a.made = true // none is needed
		return
	}
	err := announce(ctx, n.run.Stores[p.Name], p, keys)
	if a.made = err == nil; !a.made && a.tries == 1 && ctx.Err() == nil {
		n.run.Tell(event.Unrecorded{Destination: p.Name, Err: err})
	}
}
