package contract

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"

	"github.com/vmxsync/vmxsync/providers"
)

// Sweep removes the folder dir and all that a listing shows in it. It enters
// no link, and stops at an entry that the store places outside dir. A missing
// folder is no error. It is for folders that Run or Check made.
func Sweep(ctx context.Context, store providers.Store, dir string) error {
	files, err := store.List(ctx, dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("sweep: %w", err)
	}
	for _, f := range files {
		if err := sweepEntry(ctx, store, dir, f); err != nil {
			return err
		}
	}
	return swept(store.Remove(ctx, dir))
}

func sweepEntry(ctx context.Context, store providers.Store, dir string, f providers.File) error {
	if path.Join(dir, f.Name()) != f.Path || providers.CheckName(f.Name()) != nil {
		return fmt.Errorf("sweep: entry %q is not in %q", f.Path, dir)
	}
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
	ctx, cancel := env.farewell(ctx)
	defer cancel()
	return Sweep(ctx, env.Store, env.Dir)
}

// farewell is ctx, or what there is left to do once ctx is done.
func (e Env) farewell(ctx context.Context) (context.Context, context.CancelFunc) {
	if ctx.Err() == nil {
		return ctx, func() {}
	}
	return context.WithTimeout(context.WithoutCancel(ctx), e.Grace)
}
