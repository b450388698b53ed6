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
	"github.com/vmxsync/vmxsync/state/read"
)

// purge empties a folder in trash or staging, or a final name under a claim of
// kind delete, file by file.
type purge struct{ stepEnv }

func (p purge) Check(ctx context.Context, _ journal.Status) (bool, error) {
	_, there, err := entry(ctx, p.store, p.s.From)
	switch {
	case err != nil || !there:
		return err == nil, err
	case p.atFinal():
		return false, p.proveMarked(ctx)
	}
	if err := p.governsNothing(ctx); err != nil {
		return false, err
	}
	return false, p.replacedIsBack(ctx)
}

func (p purge) atFinal() bool { return p.has(diff.OpMarkDelete) && p.s.From == p.final() }

// replacedIsBack: a set that a replace moved to trash is deleted only while its final
// name has a complete set.
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
		s = read.Manifests(ctx, p.store, []state.Set{s})[0]
	}
	if s.State != state.Complete {
		return fmt.Errorf("%s is %s: %w", final, s.State, errNotWhole)
	}
	return ctx.Err()
}

func (p purge) Do(ctx context.Context) (journal.Result, error) {
	if p.atFinal() {
		if err := removeIfThere(ctx, p.store, path.Join(p.s.From, state.ManifestName)); err != nil {
			return journal.Result{}, err
		}
	}
	if err := p.removed(p.job, p.removeOwn(ctx, p.job, p.s.From, p.asNamed())); err != nil {
		return journal.Result{}, err
	}
	return journal.Result{}, p.forget(ctx)
}

// forget deletes the proofs of a set that is deleted.
func (p purge) forget(ctx context.Context) error {
	if !p.deletes() || p.change.Mode != diff.Remove {
		return nil
	}
	if any, err := p.holdsProofs(ctx, p.job); err != nil || !any {
		return err
	}
	if err := p.guard(ctx, p.job, diff.OpPurge); err != nil {
		return err
	}
	return removeIfThere(ctx, p.store, p.place.WorkDir.Proof(p.key))
}

// holdsProofs reports whether anything was ever proven at the place of a job, and
// asks it once: most places hold no proofs.
func (x *executor) holdsProofs(ctx context.Context, j *job) (bool, error) {
	x.ending.Lock()
	any, known := x.proofs[j.place.Name]
	x.ending.Unlock()
	if known {
		return any, nil
	}
	_, any, err := entry(ctx, j.store, j.place.WorkDir.Verified())
	if err != nil {
		return false, err
	}
	x.ending.Lock()
	defer x.ending.Unlock()
	x.proofs[j.place.Name] = any
	return any, nil
}

// asNamed returns a function that reports whether the plan names a file with this size;
// a manifest is always ours.
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

// removeTree deletes the files in dir that are ours, system junk, then the folders,
// deepest first, and dir. A file that is not ours is an error, and the folders are
// kept. What must not be deleted is kept with its folders and reported by a
// *leftBehind: links, devices, junk that may lie behind a link, and what a server does
// not list and refuses to lose. A missing dir is no error.
func removeTree(ctx context.Context, store providers.Store, dir string, ours func(state.File) bool) error {
	return removeBut(ctx, store, dir, ours, nil)
}

// removeBut is removeTree that keeps some files and the folders that contain them.
func removeBut(ctx context.Context, store providers.Store, dir string, ours func(state.File) bool, leave []string) error {
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
	slices.SortStableFunc(doomed, claimLast)
	if err := removeAll(ctx, store, dir, doomed); err != nil {
		return err
	}
	if len(foreign) > 0 {
		return fmt.Errorf("%s contains files that vmxsync did not put there; leaving them: %s", dir, strings.Join(append(foreign, tree.Stays()...), ", "))
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
		return &leftBehind{dir, r.stays}
	}
	return nil
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
		err := removeIfThere(ctx, r.store, path.Join(r.dir, p))
		if ctx.Err() != nil || err != nil && !refused(err) {
			return err
		}
		if err != nil {
			r.stays = append(r.stays, fmt.Sprintf("%s could not be deleted (%v)", p, err))
		}
	}
	return nil
}

// folders removes empty folders, given with the deepest first. No place is asked to
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
		err := removeIfThere(ctx, r.store, path.Join(r.dir, folder))
		if err == nil {
			continue
		}
		if ctx.Err() != nil || !refused(err) {
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

// claimLast: as long as any file of a staged set exists, its claim identifies the
// owner.
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
