package apply

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/vmxsync/vmxsync/apply/journal"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

// purge empties a folder in trash or staging, or a final name under a claim of
// kind delete, file by file.
type purge struct{ at }

func (p purge) look(ctx context.Context, _ journal.Status) (bool, error) {
	_, there, err := entry(ctx, p.store, p.s.From)
	switch {
	case err != nil || !there:
		return err == nil, err
	case p.atFinal():
		return false, p.condemned(ctx)
	}
	if err := p.governsNothing(ctx); err != nil {
		return false, err
	}
	return false, p.replacedIsBack(ctx)
}

func (p purge) atFinal() bool { return p.has(diff.OpCondemn) && p.s.From == p.final() }

// replacedIsBack: what a replace moved aside goes only while its final name
// holds a whole set.
func (p purge) replacedIsBack(ctx context.Context) error {
	k, _, replaced, err := state.ParseTrash(path.Base(p.s.From))
	if err != nil || !replaced {
		return nil // a staged folder, or a deleted set
	}
	final := p.place.Layout.Path(k)
	s, err := readSet(ctx, p.store, k, final)
	if err != nil {
		return err
	}
	if s.State == state.Complete {
		s = state.ReadManifests(ctx, p.store, []state.Set{s})[0]
	}
	if s.State != state.Complete {
		return fmt.Errorf("%s is %s: %w", final, s.State, errNotWhole)
	}
	return ctx.Err()
}

func (p purge) act(ctx context.Context) (journal.Result, error) {
	if p.atFinal() {
		if err := removeIfThere(ctx, p.store, path.Join(p.s.From, state.ManifestName)); err != nil {
			return journal.Result{}, err
		}
	}
	return journal.Result{}, removeTree(ctx, p.store, p.s.From, p.asNamed())
}

// asNamed tells which files the plan names, with these sizes; a manifest always
// is ours.
func (j *job) asNamed() func(state.File) bool {
	sizes := map[string]int64{}
	for _, f := range j.named {
		sizes[f.Path] = f.Size
	}
	return func(f state.File) bool {
		size, ok := sizes[f.Path]
		return ok && size == f.Size || f.Path == state.ManifestName
	}
}

// removeTree removes the files in dir that are ours, system junk, then the
// folders, deepest first, and dir. What else is there stays with its folders,
// and is an error that names it. A missing dir is fine.
func removeTree(ctx context.Context, store providers.Store, dir string, ours func(state.File) bool) error {
	return removeBut(ctx, store, dir, ours, nil)
}

// removeBut is removeTree that leaves some files, and the folders that they lie
// in.
func removeBut(ctx context.Context, store providers.Store, dir string, ours func(state.File) bool, leave []string) error {
	tree, err := state.ReadTree(ctx, store, dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	stays := slices.Clone(tree.Odd)
	doomed := slices.Clone(tree.Junk)
	for _, f := range tree.Files {
		switch {
		case slices.Contains(leave, f.Path):
		case ours(f):
			doomed = append(doomed, f.Path)
		default:
			stays = append(stays, f.Path)
		}
	}
	slices.SortStableFunc(doomed, claimLast)
	if err := removeAll(ctx, store, dir, doomed); err != nil {
		return err
	}
	if len(stays) > 0 {
		return fmt.Errorf("%s holds what is not ours, which stays: %s", dir, strings.Join(stays, ", "))
	}
	folders := slices.Concat([]string{"."}, tree.Dirs, tree.JunkDirs)
	folders = slices.DeleteFunc(folders, func(folder string) bool {
		return slices.ContainsFunc(leave, func(p string) bool { return folder == "." || strings.HasPrefix(p, folder+"/") })
	})
	slices.SortFunc(folders, deepestFirst)
	return removeAll(ctx, store, dir, folders)
}

// claimLast: as long as anything of a staged set is there, its claim says whose
// it is.
func claimLast(a, b string) int {
	switch {
	case a == state.StagedClaim && b != a:
		return 1
	case b == state.StagedClaim && a != b:
		return -1
	}
	return 0
}

func deepestFirst(a, b string) int {
	return depth(b) - depth(a)
}

func depth(p string) int {
	if p == "." {
		return 0
	}
	return strings.Count(p, "/") + 1
}

func removeAll(ctx context.Context, store providers.Store, dir string, paths []string) error {
	for _, p := range paths {
		if err := removeIfThere(ctx, store, path.Join(dir, p)); err != nil {
			return err
		}
	}
	return nil
}

func removeIfThere(ctx context.Context, store providers.Store, p string) error {
	err := store.Remove(ctx, p)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
