package remote

import (
	"context"
	"errors"
	"io/fs"
	"path"

	"github.com/vmxsync/vmxsync/providers"
)

// RemoveAll removes the paths in dir, in their order, up to the first error. Missing ones
// are no error.
func RemoveAll(ctx context.Context, store providers.Store, dir string, paths []string) error {
	for _, p := range paths {
		if err := RemoveIfThere(ctx, store, path.Join(dir, p)); err != nil {
			return err
		}
	}
	return nil
}

// RemoveIfThere removes a file or an empty folder. A missing one is no error.
func RemoveIfThere(ctx context.Context, store providers.Store, p string) error {
	err := store.Remove(ctx, p)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
