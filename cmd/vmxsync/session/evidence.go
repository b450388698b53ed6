package session

import (
	"context"
	"errors"
	"sync"

	"github.com/vmxsync/vmxsync/providers/parallel"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/read"
)

// Evidence is what was proven of the sets of one destination.
type Evidence struct {
	Proofs map[state.Key]state.Proof
	Drills []state.Drill // oldest first
	Torn   []error       // records of drills that cannot be used
}

// ReadEvidence reads what was proven of the sets of the destinations that are open, by the
// names of these. errs has why that of a destination could not be read.
func ReadEvidence(ctx context.Context, c Config, w *World) (all map[string]Evidence, errs map[string]error) {
	all, errs = map[string]Evidence{}, map[string]error{}
	var mu sync.Mutex
	parallel.All(ctx, len(c.Spec.Destinations), len(c.Spec.Destinations), func(i int) {
		d := c.Spec.Destinations[i]
		store, inv := w.Stores[d.Name], w.Inventories[d.Name]
		if store == nil || inv.Err != nil {
			return
		}
		work := state.WorkDir(d.WorkDir)
		ledger := read.Proofs(ctx, store, work, func(k state.Key) bool { _, there := inv.Find(k); return there })
		e := Evidence{Proofs: ledger.Proofs}
		var err error
		e.Drills, e.Torn, err = read.Drills(ctx, store, work)
		err = errors.Join(ledger.Check(), err)
		mu.Lock()
		defer mu.Unlock()
		all[d.Name] = e
		if err != nil {
			errs[d.Name] = err
		}
	})
	return all, errs
}
