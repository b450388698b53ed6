package read

import (
	"context"
	"errors"
	"io/fs"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/parallel"
	"github.com/vmxsync/vmxsync/state"
)

// ProofsOf is Proofs for a plan, which takes what was never proven for due: an error is why
// it is not known what was proven. A record that cannot be read alone proves nothing.
func ProofsOf(ctx context.Context, store providers.Store, work state.WorkDir, keep func(state.Key) bool) (map[state.Key]state.Proof, error) {
	store = providers.LeanOf(store)
	entries, err := store.List(ctx, work.Verified())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var keys []state.Key
	for _, e := range entries {
		if k, err := state.ParseDecorated(e.Name()); err == nil && e.Kind == providers.Regular && keep(k) {
			keys = append(keys, k)
		}
	}
	found := make([]state.Proof, len(keys))
	parallel.All(ctx, store.Traits().Sessions, len(keys), func(i int) {
		data, err := File(ctx, store, work.Proof(keys[i]), state.MaxProof)
		if err != nil {
			return
		}
		if p, err := state.ParseProof(data); err == nil && p.Key == keys[i] {
			found[i] = p
		}
	})
	proofs := map[state.Key]state.Proof{}
	for i, k := range keys {
		if found[i].Key == k {
			proofs[k] = found[i]
		}
	}
	return proofs, ctx.Err()
}
