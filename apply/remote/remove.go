package remote

import (
	"context"
	"errors"
	"io/fs"
	"path"

	"github.com/vmxsync/vmxsync/providers"
)

// RemoveAll removes files in dir that a listing has just shown, in their order, up to the
// first error. Missing ones are no error.
func RemoveAll(ctx context.Context, store providers.Store, dir string, paths []string) error {
	for _, p := range paths {
		if err := RemoveListed(ctx, store, providers.File{Path: path.Join(dir, p), Kind: providers.Regular}); err != nil {
			return err
		}
	}
	return nil
}

// RemoveListed removes what a listing has just shown. A missing file is no error.
func RemoveListed(ctx context.Context, store providers.Store, f providers.File) error {
	return unlessMissing(providers.LeanOf(store).RemoveListed(ctx, f))
}

// RemoveIfThere removes a file or an empty folder. A missing one is no error.
func RemoveIfThere(ctx context.Context, store providers.Store, p string) error {
	return unlessMissing(store.Remove(ctx, p))
}

func unlessMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
