package session

import (
	"context"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
	"github.com/vmxsync/vmxsync/state/read"
)

// proof reads the manifests of sets at a destination, and opens the files of sets at a
// source. With a saved inventory no source is open, and nothing is opened.
func (w *World) proof(ctx context.Context, spec *config.Spec) diff.Prove {
	return func(place string, sets []state.Set) ([]state.Set, error) {
		store := w.Stores[place]
		if _, ok := spec.Destination(place); ok {
			return read.Manifests(ctx, store, sets), ctx.Err()
		}
		if store == nil {
			return nil, nil
		}
		return read.CheckAllReadable(ctx, store, sets), ctx.Err()
	}
}
