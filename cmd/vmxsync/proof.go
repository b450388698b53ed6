package main

import (
	"context"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/state"
)

// proof reads the manifests of sets at a destination, and opens the files of sets at a
// source. With a saved inventory no source is open, and nothing is opened.
func (w *world) proof(ctx context.Context, spec *state.Spec) diff.Prove {
	return func(place string, sets []state.Set) ([]state.Set, error) {
		store := w.stores[place]
		if _, ok := spec.Destination(place); ok {
			return state.ReadManifests(ctx, store, sets), ctx.Err()
		}
		if store == nil {
			return nil, nil
		}
		return state.CheckAllReadable(ctx, store, sets), ctx.Err()
	}
}
