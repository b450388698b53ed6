package apply

import (
	"context"
	"sync"

	"github.com/vmxsync/vmxsync/apply/event"
	"github.com/vmxsync/vmxsync/apply/record"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/state/known"
)

// announcer records which sets of a destination a run may delete, or has already deleted,
// before it deletes the first one there: if it dies, the next reading does not report them
// as vanished. No destination waits for another.
type announcer struct {
	opts  Options
	jobs  *jobs
	locks *locks
	stops *obstacles
	tell  func(event.Event)
	at    map[string]*announcement // by place
}

// announcement is the state of the list of the planned deletes at a place.
type announcement struct {
	mu    sync.Mutex
	tries int
	made  bool
}

// before is called before a delete.
func (n *announcer) before(ctx context.Context, p diff.Place) {
	a := n.at[p.Name]
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.tries == 0 {
		n.try(ctx, p, a)
	}
}

// after is called after a delete, and tries once more after the first one: a place that
// was full may have room for the list by then.
func (n *announcer) after(ctx context.Context, p diff.Place) {
	a := n.at[p.Name]
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.tries == 1 && !a.made {
		n.try(ctx, p, a)
	}
}

func (n *announcer) try(ctx context.Context, p diff.Place, a *announcement) {
	a.tries++
	var keys []known.Key
	more := a.tries > 1
	for _, j := range n.jobs.at[p.Name] {
		s, goes := j.Deletion()
		if goes && (j.isDone(s.ID) || n.stops.of(j) == nil) {
			keys, more = append(keys, j.Key.AsRecorded()), more || !j.isDone(s.ID)
		}
	}
	if !more || !n.locks.holds(p.Name) {
		a.made = true // none is needed
		return
	}
	err := record.Announce(ctx, n.opts.Stores[p.Name], p, keys)
	if a.made = err == nil; !a.made && a.tries == 1 && ctx.Err() == nil {
		n.tell(event.Unrecorded{Destination: p.Name, Err: err})
	}
}
