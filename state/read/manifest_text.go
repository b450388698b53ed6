package read

import (
	"context"
	"errors"
	"io/fs"
	"path"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

// ManifestText reads the manifest in the folder of a set: that under its own name, or else the
// one that is about to get it. An apply may rename one to the other between two looks. An
// error wraps fs.ErrNotExist where the set has none.
func ManifestText(ctx context.Context, store providers.Store, dir string) ([]byte, error) {
	var first error
	for _, name := range []string{state.ManifestName, state.NextManifestName, state.ManifestName} {
		data, err := File(ctx, store, path.Join(dir, name), state.MaxManifest)
		if err == nil || !errors.Is(err, fs.ErrNotExist) {
			return data, err
		}
		if first == nil {
			first = err
		}
	}
	return nil, first
}
