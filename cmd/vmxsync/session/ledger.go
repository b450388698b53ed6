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
	ledgers := make([]read.Ledger, len(all))
	parallel.All(ctx, len(all), len(all), func(i int) {
		inv := w.Inventories[all[i].Name]
		there := func(k state.Key) bool { _, there := inv.Find(k); return there }
		ledgers[i] = read.Proofs(ctx, providers.LeanOf(w.Stores[all[i].Name]), state.WorkDir(all[i].WorkDir), there)
	})
	for i, d := range all {
		inv := w.Inventories[d.Name]
		inv.Proofs = ledgers[i].Proofs // a record that cannot be read alone proves nothing
		if err := cmp.Or(ledgers[i].Err, ctx.Err()); err != nil {
			inv.ProofsProblem = err.Error()
		}
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
