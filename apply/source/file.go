package source

import (
	"context"
	"fmt"

	"github.com/vmxsync/vmxsync/providers"
)

// Unchanged proves that a file of a source is as it was planned.
func Unchanged(ctx context.Context, store providers.Store, want providers.File) error {
	f, err := store.Stat(ctx, want.Path)
	if err != nil {
		return err
	}
	if !unchangedFile(f, want) {
		return changedFile(f, want)
	}
	return nil
}

func unchangedFile(is, want providers.File) bool {
	return is.Kind == providers.Regular && is.Size == want.Size && is.ModTime.Equal(want.ModTime)
}

func changedFile(is, want providers.File) error {
	return fmt.Errorf("%s %w: it has %d bytes dated %s, planned %d bytes dated %s",
		want.Path, ErrChanged, is.Size, is.ModTime.UTC(), want.Size, want.ModTime.UTC())
}
