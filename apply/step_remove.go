package apply

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/vmxsync/vmxsync/apply/remote"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

// removeOwn is removeTree of a folder in our own one. Leftovers of interrupted uploads,
// which the server keeps under names of its own, are cleaned up with it.
func (x *executor) removeOwn(ctx context.Context, j *job, dir string, ours func(state.File) bool) error {
	err := remote.RemoveTree(ctx, j.store, dir, ours)
	if _, left := errors.AsType[*remote.LeftBehind](err); !left || !j.inWorkDir(dir) {
		return err
	}
	removed, failed := x.clearLeftovers(ctx, j, dir)
	if failed != nil || !removed {
		return errors.Join(err, failed)
	}
	return remote.RemoveTree(ctx, j.store, dir, ours)
}

func (j *job) inWorkDir(dir string) bool {
	return strings.HasPrefix(dir, string(j.place.WorkDir)+"/")
}

// clearLeftovers cleans up, in each folder of dir, what uploads of the files that the
// plan names may have left.
func (x *executor) clearLeftovers(ctx context.Context, j *job, dir string) (removed bool, err error) {
	store, ok := providers.As[providers.Leftovers](j.store)
	if !ok {
		return false, nil
	}
	folders := map[string][]string{dir: {state.StagedClaim, state.StagedManifest, state.ManifestName}}
	for _, f := range j.named {
		for _, p := range []string{path.Join(dir, f.Path), path.Join(dir, state.StagedSet, f.Path)} {
			folders[path.Dir(p)] = append(folders[path.Dir(p)], path.Base(p))
		}
	}
	for _, folder := range slices.Sorted(maps.Keys(folders)) {
		names, err := store.RemoveLeftovers(ctx, folder, folders[folder])
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return removed, err
		}
		x.tellLeftovers(j, folder, names)
		removed = removed || len(names) > 0
	}
	return removed, nil
}

func (x *executor) tellLeftovers(j *job, folder string, names []string) {
	for _, name := range names {
		x.tell(Remark{Address: j.address, Text: providers.Escape(fmt.Sprintf("Cleaned up %s/%s, a leftover of an interrupted upload.", folder, name))})
	}
}

// removed treats a deletion that did all it may as a success, with a warning that names
// what remains.
func (x *executor) removed(j *job, err error) error {
	if left, ok := errors.AsType[*remote.LeftBehind](err); ok {
		x.warn(j, "%v. Check what they are and delete them by hand.", left)
		return nil
	}
	return err
}
