package read

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/vmxsync/vmxsync/providers"
)

// eachFolder calls do for each folder in dir; none where dir is missing. It ends
// with a NotWholeError where dir was listed in part.
func eachFolder(ctx context.Context, store providers.Store, dir string, do func(name string) error) error {
	return eachEntry(ctx, store, dir, func(string) error { return nil }, do)
}

// eachEntry calls file for each file in dir, and folder for each folder.
func eachEntry(ctx context.Context, store providers.Store, dir string, file, folder func(name string) error) error {
	entries, err := store.List(ctx, dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	partial, part := errors.AsType[*providers.PartialListing](err)
	if part {
		entries = partial.Files
	}
	if err != nil && !part {
		return fmt.Errorf("work folder: %w", err)
	}
	for _, e := range entries {
		do := folder
		switch {
		case providers.CheckName(e.Name()) != nil:
			continue
		case e.Kind == providers.Regular:
			do = file
		case e.Kind != providers.Dir:
			continue
		}
		if err := do(e.Name()); err != nil {
			return fmt.Errorf("work folder: %w", err)
		}
	}
	if part {
		return &NotWholeError{fmt.Sprintf("work folder: %s", reason(err))}
	}
	return nil
}
