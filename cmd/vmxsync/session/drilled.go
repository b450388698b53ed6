package session

import (
	"context"
	"fmt"

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
	Torn   []error       // records of drills that cannot be used
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
		all[i].Err = all[i].read(ctx, store, d, sets)
	})
	return all
}

func (v *Drilled) read(ctx context.Context, store providers.Store, d config.Destination, sets bool) (err error) {
	if v.Drills, v.Torn, err = read.Drills(ctx, store, state.WorkDir(d.WorkDir)); err != nil || !sets {
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
