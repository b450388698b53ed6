package session

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/parallel"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
	"github.com/vmxsync/vmxsync/state/read"
)

// Drilled is which drills were held with the sets of a destination, and which sets it holds.
type Drilled struct {
	Place  string
	Drills []state.Drill // oldest first
	Torn   []error       // records of drills that cannot be used: see read.UnusableDrill
	Sets   []state.Set   // by VM and time
	Err    error         // why the place could not be read; nil if it was
}

// ReadDrilled reads the destinations of those names, in their order, and closes them. sets:
// also what they hold.
func ReadDrilled(ctx context.Context, e *Env, c Config, names []string, sets bool) []Drilled {
	all := make([]Drilled, len(names))
	parallel.All(ctx, len(names), len(names), func(i int) {
		all[i] = Drilled{Place: names[i], Err: ctx.Err()}
		d, ok := c.Spec.Destination(names[i])
		if !ok {
			all[i].Err = fmt.Errorf("no destination is named %q", names[i])
			return
		}
		store, err := e.Open(ctx, d.Name, d.Type, d.Settings, c.Secrets)
		if err != nil {
			all[i].Err = err
			return
		}
		defer store.Close()
		all[i].Err = all[i].read(ctx, store, d, e.Now(), sets)
	})
	return all
}

func (v *Drilled) read(ctx context.Context, store providers.Store, d config.Destination, now time.Time, sets bool) (err error) {
	if err := v.readDrills(ctx, store, d, now); err != nil || !sets {
		return err
	}
	inv := read.Destination(ctx, store, d)
	if inv.Err != nil {
		return inv.Err
	}
	read.Findings(ctx, store, &inv)
	v.Sets = inv.Sets
	return ctx.Err()
}

// readDrills reads the records of drills. One dated in the future is not used: it would count for
// as long as the clock was ahead, and a failure would be hidden by it, or be hidden itself.
func (v *Drilled) readDrills(ctx context.Context, store providers.Store, d config.Destination, now time.Time) (err error) {
	work := state.WorkDir(d.WorkDir)
	if v.Drills, v.Torn, err = read.Drills(ctx, store, work); err != nil {
		return err
	}
	for _, one := range v.Drills {
		if state.IsAhead(one.Began, now) {
			v.Torn = append(v.Torn, fmt.Errorf("%s: it is dated in the future (%s): the clock of %s was wrong, or ours is", work.Drill(one.Key, one.Run), one.Began.Format(time.DateOnly), providers.Escape(one.Host)))
		}
	}
	v.Drills = slices.DeleteFunc(v.Drills, func(one state.Drill) bool { return state.IsAhead(one.Began, now) })
	return nil
}

// Drills reads the records of the drills of the destinations that are open. Those that could
// not be read have the reason.
func (w *World) Drills(ctx context.Context, all []config.Destination, now time.Time) map[string]Drilled {
	found := map[string]Drilled{}
	var mu sync.Mutex
	parallel.All(ctx, len(all), len(all), func(i int) {
		d := all[i]
		store, inv := w.Stores[d.Name], w.Inventories[d.Name]
		one := Drilled{Place: d.Name, Err: inv.Err}
		if store != nil && inv.Err == nil {
			one.Err = one.readDrills(ctx, store, d, now)
		}
		mu.Lock()
		defer mu.Unlock()
		found[d.Name] = one
	})
	return found
}
