package sftp

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"sync"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/dircache"
	"github.com/vmxsync/vmxsync/providers/sftp/wire"
)

// tree is what lies below the root, in one session, with what the store knows of its
// folders. It is a value of one call.
type tree struct {
	*wire.Session
	root    string
	folders *dircache.Known
}

// absolute is what is sent for a path of the store.
func (t tree) absolute(name string) string { return path.Join(t.root, name) }

// enter proves that dir and every folder above it, below the root, are folders: servers
// follow links in the middle of a path. What is not known yet is asked at once.
func (t tree) enter(dir string) error {
	var unknown []string
	for _, p := range parents(dir) {
		if !t.folders.Has(p) {
			unknown = append(unknown, p)
		}
	}
	found, errs := t.lookAll(unknown)
	for i, p := range unknown {
		if err := asFolder(found[i], errs[i]); err != nil {
			return err
		}
		t.folders.Add(p)
	}
	return nil
}

// lookAll describes all paths at the same time.
func (t tree) lookAll(paths []string) ([]providers.File, []error) {
	found, errs := make([]providers.File, len(paths)), make([]error, len(paths))
	var wg sync.WaitGroup
	for i, p := range paths {
		wg.Go(func() { found[i], errs[i] = t.Lstat(t.absolute(p)) })
	}
	wg.Wait()
	return found, errs
}

// asFolder is why an entry cannot be entered. What would lie below a file is not there.
func asFolder(f providers.File, err error) error {
	switch {
	case err != nil:
		return err
	case f.Kind == providers.Link:
		return fmt.Errorf("%s %w", providers.Escape(f.Path), errLink)
	case f.Kind != providers.Dir:
		return fmt.Errorf("%s %w: %w", providers.Escape(f.Path), errNotDir, fs.ErrNotExist)
	}
	return nil
}

// makeDir makes dir with its missing parents. Others may be doing the same.
func (t tree) makeDir(dir string) error {
	if dir == "." {
		return t.enterRoot()
	}
	err := t.enter(dir)
	if !errors.Is(err, fs.ErrNotExist) || errors.Is(err, errNotDir) {
		return err
	}
	if err := t.makeDir(path.Dir(dir)); err != nil {
		return err
	}
	refusal := t.Mkdir(t.absolute(dir))
	if refusal != nil && !wire.Answered(refusal) {
		return refusal
	}
	if err := t.enter(dir); refusal == nil || !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return refusal
}

// enterRoot proves that the root is there. It may be a link: the user has named it.
func (t tree) enterRoot() error {
	if t.folders.Has(".") {
		return nil
	}
	if err := t.lookAtRoot(); err != nil {
		return err
	}
	t.folders.Add(".")
	return nil
}

// lookAtRoot proves that the root is a directory, also behind a link.
func (t tree) lookAtRoot() error {
	return t.IsDirectory(t.root)
}

// again runs a request that was refused once more where a folder that was believed to be
// there is not: somebody has removed it since. above makes it anew.
func (t tree) again(dir string, request func() error) error {
	err := request()
	if !errors.Is(err, fs.ErrNotExist) || dir == "." || !t.folders.Has(dir) {
		return err
	}
	t.folders.Forget(dir)
	if _, gone := t.Lstat(t.absolute(dir)); !errors.Is(gone, fs.ErrNotExist) {
		return err
	}
	for _, p := range parents(dir) {
		t.folders.Forget(p)
	}
	if err := t.makeDir(dir); err != nil {
		return err
	}
	return request()
}

// MakeDir makes dir by one MKDIR, which has one winner on every server that makes a
// directory in a file system.
func (s *Store) MakeDir(ctx context.Context, dir string) error {
	if err := s.checkEntry(dir); err != nil {
		return s.fail("make", dir, err)
	}
	return s.fail("make", dir, s.do(ctx, func(t tree) error {
		if err := t.makeDir(path.Dir(dir)); err != nil {
			return err
		}
		err := t.again(path.Dir(dir), func() error { return t.Mkdir(t.absolute(dir)) })
		if !wire.Answered(err) {
			return err
		}
		switch _, look := t.Lstat(t.absolute(dir)); {
		case look == nil:
			return fs.ErrExist
		case !errors.Is(look, fs.ErrNotExist):
			return look
		}
		return err
	}))
}

var _ providers.Locker = (*Store)(nil)
