package read

import (
	"context"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

// noteFirst notes a file beside the staged sets which shows that a set without checksums was
// read.
func noteFirst(name string, inv *state.Inventory) error {
	if k, ok := state.ParseFirst(name); ok {
		inv.FirstReadings[k] = state.Proof{Key: k}
	}
	return nil
}

// readFirst reads what was found of the sets whose checksums are to go into their manifests,
// also of those with which an apply was about to do so. What cannot be read proves nothing.
func readFirst(ctx context.Context, store providers.Store, work state.WorkDir, inv *state.Inventory) error {
	all := map[state.Key]state.Proof{}
	for _, s := range inv.Sets {
		if _, noted := inv.FirstReadings[s.Key]; !noted && !s.NextManifest {
			continue
		}
		p, err := Proof(ctx, store, work, s.Key)
		if gone(err) {
			return err
		}
		if err == nil {
			all[s.Key] = p
		}
	}
	inv.FirstReadings = all
	return ctx.Err()
}
