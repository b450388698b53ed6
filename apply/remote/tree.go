package remote

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/read"
)

// RemoveTree deletes the files in dir that are ours, system junk, then the folders,
// deepest first, and dir. A file that is not ours is an error, and the folders are
// kept. What must not be deleted is kept with its folders and reported by a
// *LeftBehind: links, devices, junk that may lie behind a link, and what a server does
// not list and refuses to lose. A missing dir is no error.
func RemoveTree(ctx context.Context, store providers.Store, dir string, ours func(state.File) bool) error {
	return RemoveBut(ctx, store, dir, ours, nil)
}

// RemoveExact is RemoveTree that deletes nothing where a file is not ours.
func RemoveExact(ctx context.Context, store providers.Store, dir string, ours func(state.File) bool) error {
	return removeTree(ctx, store, dir, ours, nil, true)
}

// RemoveBut is RemoveTree that keeps some files and the folders that contain them.
func RemoveBut(ctx context.Context, store providers.Store, dir string, ours func(state.File) bool, leave []string) error {
	return removeTree(ctx, store, dir, ours, leave, false)
}

func removeTree(ctx context.Context, store providers.Store, dir string, ours func(state.File) bool, leave []string, exact bool) error {
	tree, err := read.Folder(ctx, store, dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var doomed, foreign []string
	for _, f := range tree.Files {
		switch {
		case slices.Contains(leave, f.Path):
		case ours(f):
			doomed = append(doomed, f.Path)
		default:
			foreign = append(foreign, f.Path)
		}
	}
	if exact && len(foreign) > 0 {
		return stranger(dir, append(foreign, tree.Stays()...))
	}
	slices.SortStableFunc(doomed, inOrder)
	if err := RemoveAll(ctx, store, dir, doomed); err != nil {
		return err
	}
	if len(foreign) > 0 {
		return stranger(dir, append(foreign, tree.Stays()...))
	}
	r := remover{store, dir, tree.Stays()}
	if err := r.junk(ctx, tree.Junk); err != nil {
		return err
	}
	folders := slices.Concat([]string{"."}, tree.Dirs, tree.JunkDirs)
	folders = slices.DeleteFunc(folders, func(folder string) bool {
		return slices.ContainsFunc(leave, func(p string) bool { return folder == "." || strings.HasPrefix(p, folder+"/") })
	})
	slices.SortFunc(folders, deepestFirst)
	if err := r.folders(ctx, folders); err != nil {
		return err
	}
	if len(r.stays) > 0 {
		return &LeftBehind{dir, r.stays}
	}
	return nil
}

func stranger(dir string, paths []string) error {
	return fmt.Errorf("%s contains files that vmxsync did not put there; leaving them: %s", dir, strings.Join(paths, ", "))
}

// remover deletes what no plan names: junk and folders.
type remover struct {
	store providers.Store
	dir   string
	stays []string // described
}

// junk deletes system junk and continues if the place refuses: it may be a link that
// leads to where the account has no permission.
func (r *remover) junk(ctx context.Context, files []string) error {
	for _, p := range files {
		err := RemoveIfThere(ctx, r.store, path.Join(r.dir, p))
		if ctx.Err() != nil || err != nil && !Refused(err) {
			return err
		}
		if err != nil {
			r.stays = append(r.stays, fmt.Sprintf("%s could not be deleted (%v)", p, err))
		}
	}
	return nil
}

// folders removes folders that were emptied just now, given with the deepest first. No place is asked to
// delete a folder that is known not to be empty: some would delete its content as well.
func (r *remover) folders(ctx context.Context, folders []string) error {
	for _, folder := range folders {
		if len(r.stays) > 0 {
			if full, err := r.holdsAnything(ctx, folder); full || err != nil {
				if err != nil {
					return err
				}
				continue
			}
		}
		err := unlessMissing(providers.LeanOf(r.store).RemoveEmptied(ctx, path.Join(r.dir, folder)))
		if err == nil {
			continue
		}
		if ctx.Err() != nil || !Refused(err) {
			return err
		}
		if full, failed := r.holdsAnything(ctx, folder); full || failed != nil {
			return errors.Join(err, failed)
		}
		r.stays = append(r.stays, fmt.Sprintf(
			"%s looks empty but could not be deleted (%v): it may contain a link or a file that the server does not list, such as .in.NAME. of an interrupted upload (HiddenStores of ProFTPD)", folder, err))
	}
	return nil
}

func (r *remover) holdsAnything(ctx context.Context, folder string) (bool, error) {
	entries, err := r.store.List(ctx, path.Join(r.dir, folder))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return len(entries) > 0, err
}

// inOrder has the next manifest go first, or it would count for a set of which files are
// gone, and the claim last: as long as any file of a staged set exists, it identifies the
// owner.
func inOrder(a, b string) int {
	place := func(p string) int {
		switch p {
		case state.NextManifestName:
			return -1
		case state.StagedClaim:
			return 1
		}
		return 0
	}
	return place(a) - place(b)
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

// LeftBehind is the error of a deletion that did all it may. The remaining files are
// not ours to delete, and no later try would delete them.
type LeftBehind struct {
	dir   string
	paths []string // described, from dir
}

func (e *LeftBehind) Error() string {
	return fmt.Sprintf("%s contains files that vmxsync did not put there; leaving them: %s", e.dir, strings.Join(e.paths, "; "))
}
