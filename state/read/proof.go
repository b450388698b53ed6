package read

import (
	"context"
	"errors"
	"io/fs"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

// Proofs reads what was proven of those sets that keep names, where anything was. What
// cannot be read proves nothing.
func Proofs(ctx context.Context, store providers.Store, work state.WorkDir, keep func(state.Key) bool) map[state.Key]state.Proof {
	proofs := map[state.Key]state.Proof{}
	entries, err := store.List(ctx, work.Verified())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return proofs
	}
	for _, e := range entries {
		k, err := state.ParseDecorated(e.Name())
		if err != nil || e.Kind != providers.Regular || !keep(k) {
			continue
		}
		data, err := File(ctx, store, work.Proof(k), state.MaxProof)
		if err != nil {
			continue
		}
		if proof, err := state.ParseProof(data); err == nil && proof.Key == k {
			proofs[k] = proof
		}
	}
	return proofs
}
