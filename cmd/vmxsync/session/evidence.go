package session

import (
	"context"
	"fmt"
	"slices"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/parallel"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
	"github.com/vmxsync/vmxsync/state/read"
)

// Evidence is what a destination holds, and what was proven of it, as far as it was asked for.
type Evidence struct {
	Place  string
	Drills []state.Drill    // oldest first
	Torn   []error          // records of drills that cannot be used
	Sets   []state.Set      // by VM and time
	Unread map[string]error // VMs whose sets are not known, by their scopes
	Proofs map[state.Key]state.Proof
	Err    error // why the place could not be read; nil if it was
}

// Wanted is which evidence is read, besides the records of drills.
type Wanted struct {
	Sets   bool // as they are listed
	Proofs bool // of these sets, and their manifests
}

// ReadEvidence reads the destinations of those names, in their order, and closes them.
func ReadEvidence(ctx context.Context, e *Env, c Config, names []string, w Wanted) []Evidence {
	all := make([]Evidence, len(names))
	parallel.All(ctx, len(names), len(names), func(i int) {
		all[i] = Evidence{Place: names[i], Err: ctx.Err()}
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
		all[i].Err = all[i].read(ctx, store, d, w)
	})
	return all
}

func (v *Evidence) read(ctx context.Context, store providers.Store, d config.Destination, w Wanted) (err error) {
	work := state.WorkDir(d.WorkDir)
	if v.Drills, v.Torn, err = read.Drills(ctx, store, work); err != nil || !w.Sets {
		return err
	}
	inv := read.Destination(ctx, store, d)
	if inv.Err != nil {
		return inv.Err
	}
	read.Findings(ctx, store, &inv)
	v.Unread = unknown(inv, func(string) bool { return true })
	v.Sets = inv.Sets
	if w.Proofs {
		v.Sets = read.Manifests(ctx, store, v.Sets)
		v.Proofs = read.Proofs(ctx, store, work, func(k state.Key) bool {
			return slices.ContainsFunc(v.Sets, func(s state.Set) bool { return s.Key == k })
		})
	}
	return ctx.Err()
}
