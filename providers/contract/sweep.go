package contract

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/contract/trial"
)

// Sweep removes the folder dir and all that a listing shows in it, as far as
// the place lets it; its error is the first that it met. It enters no link, and
// removes nothing of a folder where the store places an entry outside of it. A
// missing folder is no error. It is for folders that Run or Check made.
func Sweep(ctx context.Context, store providers.Store, dir string) error {
	files, err := store.List(ctx, dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("sweep: %w", err)
	}
	for _, f := range files {
		if path.Join(dir, f.Name()) != f.Path || providers.CheckName(f.Name()) != nil {
			return fmt.Errorf("sweep: entry %q is not in %q", f.Path, dir)
		}
	}
	var first error
	for _, f := range files {
		if err := sweepEntry(ctx, store, f); err != nil && first == nil {
			first = err
		}
		if ctx.Err() != nil {
			return first
		}
	}
	if first != nil {
		return first
	}
	return swept(store.Remove(ctx, dir))
}

// sweepByName is for what no listing has shown. It returns why that is still
// there, or nil.
func sweepByName(ctx context.Context, env Env, failed error) error {
	if failed == nil {
		return nil
	}
	env.made.Remove(ctx, env.Store, env.Dir)
	if _, err := env.Store.Stat(ctx, env.Dir); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return failed
}

func sweepEntry(ctx context.Context, store providers.Store, f providers.File) error {
	if f.Kind == providers.Dir {
		return Sweep(ctx, store, f.Path)
	}
	return swept(store.Remove(ctx, f.Path))
}

func swept(err error) error {
	if err == nil || errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return fmt.Errorf("sweep: %w", err)
}

// sweepAnyway sweeps env.Dir after a cancelled trial too.
func sweepAnyway(ctx context.Context, env Env) error {
	ctx, cancel := trial.Farewell(ctx, env.Grace)
	defer cancel()
	return Sweep(ctx, env.Store, env.Dir)
}
