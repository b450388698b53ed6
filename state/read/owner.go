package read

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

// Owner reads whose root this is; "" where it has no owner yet. One who was
// about to take it, and died between the two names of the file, owns it.
func Owner(ctx context.Context, store providers.Store, work state.WorkDir) (string, error) {
	name, _, err := Claimant(ctx, store, work)
	return name, err
}

// Claimant is Owner, and reports whether the name stands in the file that
// was to become the owner file.
func Claimant(ctx context.Context, store providers.Store, work state.WorkDir) (name string, pending bool, err error) {
	name, err = readOwner(ctx, store, work)
	if name != "" || err != nil {
		return name, false, err
	}
	data, err := readNextOwner(ctx, store, work)
	if errors.Is(err, fs.ErrNotExist) {
		return "", false, nil
	}
	if err != nil {
		return "", false, fmt.Errorf("owner: %w", err)
	}
	line, whole := strings.CutSuffix(string(data), "\n")
	if name = strings.TrimSpace(line); !whole || name == "" { // torn: nobody was removed for it
		return "", false, nil
	}
	// A take-over that lives may have ended between the two looks.
	if now, err := readOwner(ctx, store, work); now != "" || err != nil {
		return now, false, err
	}
	return name, true, nil
}

// readNextOwner looks for the file in the listing of the work folder: where that is missing
// or without it, nothing else is asked.
func readNextOwner(ctx context.Context, store providers.Store, work state.WorkDir) ([]byte, error) {
	entries, err := store.List(ctx, string(work))
	isNext := func(e providers.File) bool { return e.Path == work.NextOwner() }
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, err
	case err == nil && !slices.ContainsFunc(entries, isNext):
		return nil, fs.ErrNotExist
	}
	return readSeldom(ctx, store, work.NextOwner(), 4<<10)
}

func readOwner(ctx context.Context, store providers.Store, work state.WorkDir) (string, error) {
	data, err := File(ctx, store, work.Owner(), 4<<10)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("owner: %w", err)
	}
	name := strings.TrimSpace(string(data))
	if name == "" {
		return "", fmt.Errorf("owner: %s is empty: %w", work.Owner(), state.ErrTorn)
	}
	return name, nil
}
