package step

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"path"
	"slices"

	"github.com/vmxsync/vmxsync/apply/remote"
	"github.com/vmxsync/vmxsync/apply/task"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

// remover is remote.RemoveTree or remote.RemoveExact.
type remover func(ctx context.Context, store providers.Store, dir string, ours func(state.File) bool) error

// removeOwn is removeTree of a folder in our own one. Leftovers of interrupted uploads,
// which the server keeps under names of its own, are cleaned up with it.
func removeOwn(ctx context.Context, e task.Env, dir string, ours func(state.File) bool, remove remover) error {
	err := remove(ctx, e.Store, dir, ours)
	if _, left := errors.AsType[*remote.LeftBehind](err); !left || !e.InWorkDir(dir) {
		return err
	}
	removed, failed := clearLeftovers(ctx, e, dir)
	if failed != nil || !removed {
		return errors.Join(err, failed)
	}
	return remove(ctx, e.Store, dir, ours)
}

// clearLeftovers cleans up, in each folder of dir, what uploads of the files that the
// plan names may have left.
func clearLeftovers(ctx context.Context, e task.Env, dir string) (removed bool, err error) {
	store, ok := providers.As[providers.Leftovers](e.Store)
	if !ok {
		return false, nil
	}
	folders := map[string][]string{dir: {state.StagedClaim, state.StagedManifest, state.ManifestName, state.NextManifestName, state.BlocksName}}
	for _, f := range e.Named {
		for _, p := range []string{path.Join(dir, f.Path), path.Join(dir, state.StagedSet, f.Path)} {
			folders[path.Dir(p)] = append(folders[path.Dir(p)], path.Base(p))
		}
	}
	for _, folder := range slices.Sorted(maps.Keys(folders)) {
		names, err := store.RemoveLeftovers(ctx, folder, folders[folder])
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return removed, err
		}
		tellLeftovers(e, folder, names)
		removed = removed || len(names) > 0
	}
	return removed, nil
}

func tellLeftovers(e task.Env, folder string, names []string) {
	for _, name := range names {
		e.Remark("Cleaned up %s/%s, a leftover of an interrupted upload.", folder, name)
	}
}
