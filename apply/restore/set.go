package restore

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/vmxsync/vmxsync/apply/event"
	"github.com/vmxsync/vmxsync/apply/remote"
	"github.com/vmxsync/vmxsync/diff/restore"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/parallel"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/blocks"
	"github.com/vmxsync/vmxsync/state/read"
)

// set restores one set, and reports whether it was there already.
func (r *run) set(ctx context.Context, s restore.Set) (unchanged bool, err error) {
	unchanged, err = r.bring(ctx, s)
	err = r.vanished(ctx, s, err)
	if err == nil && len(s.Missing) > 0 {
		err = fmt.Errorf("no place holds %s as its manifest names it; the other files are restored", strings.Join(s.Missing, ", "))
	}
	return unchanged, err
}

// bring restores the files of the set that a place holds.
func (r *run) bring(ctx context.Context, s restore.Set) (unchanged bool, err error) {
	if err := restore.CheckNames(s, r.Target.Traits().Limits); err != nil {
		return false, err
	}
	there, err := r.exists(ctx, s.Folder)
	if err != nil {
		return false, err
	}
	if there {
		return true, r.compare(ctx, s)
	}
	copies, err := r.copies(ctx, s)
	if err != nil {
		return false, err
	}
	left, err := r.clear(ctx, s)
	if err != nil {
		return false, err
	}
	if err := r.room(ctx, s, copies, left); err != nil {
		return false, err
	}
	if err := r.files(ctx, s, copies); err != nil {
		return false, err
	}
	return false, r.publish(ctx, s, copies[0])
}

func (r *run) exists(ctx context.Context, p string) (bool, error) {
	_, err := r.Target.Stat(ctx, p)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// clear removes from the hidden folder what is no file of this plan: an earlier one may have
// restored other files of the set. It returns the sizes of the files that are left.
func (r *run) clear(ctx context.Context, s restore.Set) (map[string]int64, error) {
	tree, err := read.Folder(ctx, r.Target, s.Hidden())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if len(tree.Odd) > 0 {
		return nil, fmt.Errorf("%s: %s", s.Hidden(), tree.Odd[0])
	}
	wanted, left := map[string]bool{}, map[string]int64{}
	for _, f := range s.Files {
		wanted[f.Path] = true
	}
	for _, f := range tree.Files {
		if wanted[f.Path] {
			left[f.Path] = f.Size
			continue
		}
		if err := r.Target.Remove(ctx, path.Join(s.Hidden(), f.Path)); err != nil {
			return nil, err
		}
	}
	return left, nil
}

// files fetches all files of the set. One that fails leaves the others as they are: they
// are fetched, and kept for the next run.
func (r *run) files(ctx context.Context, s restore.Set, copies []copied) error {
	errs := make([]error, len(s.Files))
	parallel.All(ctx, r.width(s, copies), len(s.Files), func(i int) {
		errs[i] = r.file(ctx, s, s.Files[i], copies)
	})
	if err := ctx.Err(); err != nil {
		return err
	}
	for i, err := range errs {
		if errors.Is(err, providers.ErrMismatch) && providers.Hint(err) == "" {
			errs[i] = providers.WithHint(err, fmt.Sprintf("What matches is kept in %s at the target, also the other blocks of that file. Restore another set of the VM "+
				"(vmxsync list), or the same one after a mended copy of the file was put to a destination: only what is missing is fetched.", s.Hidden()))
			break // once for all files of the set
		}
	}
	return errors.Join(errs...)
}

// width is how many transfers run at once. A large file without block sums is read in one
// go, which may take hours: one session is left for the mark of the restore.
func (r *run) width(s restore.Set, copies []copied) int {
	width := parallel.Width(r.Parallelism, copies[0].store)
	long := slices.ContainsFunc(s.Files, func(f restore.File) bool { return f.Size > blocks.Bytes && copies[0].of(f) == nil })
	if long && width > 1 && width == copies[0].store.Traits().Sessions {
		return width - 1
	}
	return width
}

// publish adds the manifest and the block sums, and gives the set its name.
func (r *run) publish(ctx context.Context, s restore.Set, from copied) error {
	if err := r.Target.Put(ctx, path.Join(s.Hidden(), state.ManifestName), remote.Bytes(from.text)); err != nil {
		return err
	}
	if from.sums != nil {
		if err := r.Target.Put(ctx, path.Join(s.Hidden(), state.BlocksName), remote.Bytes(from.sums.Encode())); err != nil {
			return err
		}
	}
	return r.Target.Rename(ctx, s.Hidden(), s.Folder)
}

// compare proves that a folder that is there holds the files of the set.
func (r *run) compare(ctx context.Context, s restore.Set) error {
	tree, err := read.Folder(ctx, r.Target, s.Folder)
	if err != nil {
		return err
	}
	if len(tree.Odd) > 0 {
		return inTheWay(s, tree.Odd[0])
	}
	there := map[string]int64{}
	for _, f := range tree.Files {
		there[f.Path] = f.Size
	}
	for _, f := range s.Files {
		size, ok := there[f.Path]
		switch {
		case !ok:
			return inTheWay(s, f.Path+" is missing in it")
		case size != f.Size:
			return inTheWay(s, fmt.Sprintf("%s has %d bytes there, and %d in the set", f.Path, size, f.Size))
		}
		delete(there, f.Path)
	}
	for p := range there {
		if !state.IsOurs(p) {
			return inTheWay(s, p+" is no file of the set")
		}
	}
	for _, f := range s.Files {
		if err := r.same(ctx, s, f); err != nil {
			return err
		}
	}
	return nil
}

// same reads a file that is there, and compares its sum.
func (r *run) same(ctx context.Context, s restore.Set, f restore.File) error {
	if f.SHA256 == "" {
		return nil
	}
	from, err := r.Target.Open(ctx, path.Join(s.Folder, f.Path), 0)
	if err != nil {
		return err
	}
	defer from.Close()
	sum, err := sumOf(ctx, from, func(n int64) {
		r.tell(event.Comparing{Address: s.Address(), Path: f.Path, Read: n, Size: f.Size})
	})
	if err != nil {
		return err
	}
	if sum != f.SHA256 {
		return inTheWay(s, f.Path+" has other bytes there")
	}
	r.kept.Add(f.Size)
	return nil
}

const inTheWayHint = "Nothing there was changed. Restore to another folder with -to, or move that one away."

func inTheWay(s restore.Set, why string) error {
	return providers.WithHint(fmt.Errorf("%s exists, and is not the set: %s", s.Folder, why), inTheWayHint)
}
