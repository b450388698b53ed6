package session

import (
	"cmp"
	"context"
	"slices"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/parallel"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
	"github.com/vmxsync/vmxsync/state/read"
)

// readLedgers reads what was proven at the destinations that a verify block is for, and at
// no others.
func (w *World) readLedgers(ctx context.Context, spec *config.Spec) {
	var all []config.Destination
	for _, d := range spec.Destinations {
		if w.Stores[d.Name] != nil && w.Inventories[d.Name].Err == nil && isVerified(spec, d) {
			all = append(all, d)
		}
	}
	proofs := make([]map[state.Key]state.Proof, len(all))
	problems := make([]string, len(all))
	parallel.All(ctx, len(all), len(all), func(i int) {
		inv := w.Inventories[all[i].Name]
		there := func(k state.Key) bool { _, there := inv.Find(k); return there }
		ledger := read.Proofs(ctx, providers.LeanOf(w.Stores[all[i].Name]), state.WorkDir(all[i].WorkDir), there)
		proofs[i] = ledger.Proofs // a record that cannot be read proves nothing: its set is due
		if err := cmp.Or(ledger.Err, ctx.Err()); err != nil {
			problems[i] = err.Error()
		}
	})
	for i, d := range all {
		inv := w.Inventories[d.Name]
		inv.Proofs, inv.ProofsProblem = proofs[i], problems[i]
		w.Inventories[d.Name] = inv
	}
}

// isVerified reports whether a verify block is for sets at a destination.
func isVerified(spec *config.Spec, d config.Destination) bool {
	sent := func(b config.Backup) bool {
		return b.Verify != nil && slices.ContainsFunc(b.Copies, func(c config.Copy) bool { return c.Destination == d.Name })
	}
	return d.Verify != nil || slices.ContainsFunc(spec.Backups, sent)
}
