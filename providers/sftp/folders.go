package sftp

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"sync"

	"github.com/vmxsync/vmxsync/providers"
)

// enter proves that dir and every folder above it, below the root, are folders: servers
// follow links in the middle of a path. What is not known yet is asked at once.
func (s *Store) enter(ss *session, dir string) error {
	var unknown []string
	for _, p := range parents(dir) {
		if !s.folders.Has(p) {
			unknown = append(unknown, p)
		}
	}
	found, errs := s.lookAll(ss, unknown)
	for i, p := range unknown {
		if err := asFolder(found[i], errs[i]); err != nil {
			return err
		}
		s.folders.Add(p)
	}
	return nil
}

// lookAll describes all paths at the same time.
func (s *Store) lookAll(ss *session, paths []string) ([]providers.File, []error) {
	found, errs := make([]providers.File, len(paths)), make([]error, len(paths))
	var wg sync.WaitGroup
	for i, p := range paths {
		wg.Go(func() { found[i], errs[i] = ss.lstat(s.absolute(p)) })
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
func (s *Store) makeDir(ss *session, dir string) error {
	if dir == "." {
		return s.enterRoot(ss)
	}
	err := s.enter(ss, dir)
	if !errors.Is(err, fs.ErrNotExist) || errors.Is(err, errNotDir) {
		return err
	}
	if err := s.makeDir(ss, path.Dir(dir)); err != nil {
		return err
	}
	refusal := ss.mkdir(s.absolute(dir))
	if refusal != nil && !answered(refusal) {
		return refusal
	}
	if err := s.enter(ss, dir); refusal == nil || !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return refusal
}

// enterRoot proves that the root is there. It may be a link: the user has named it.
func (s *Store) enterRoot(ss *session) error {
	if s.folders.Has(".") {
		return nil
	}
	if err := ss.isDir(s.dialer.settings.Root); err != nil {
		return err
	}
	s.folders.Add(".")
	return nil
}

// isDir proves a directory, also behind a link.
func (s *session) isDir(name string) error {
	return s.ask("STAT", name, func() error {
		info, err := s.client.Stat(name)
		if err == nil && !info.IsDir() {
			err = &refusal{code: 19, text: codes[19], kind: fs.ErrNotExist}
		}
		return err
	})
}

// again runs a request that was refused once more where a folder that was believed to be
// there is not: somebody has removed it since. above makes it anew.
func (s *Store) again(ss *session, dir string, request func() error) error {
	err := request()
	if !errors.Is(err, fs.ErrNotExist) || dir == "." || !s.folders.Has(dir) {
		return err
	}
	s.folders.Forget(dir)
	if _, gone := ss.lstat(s.absolute(dir)); !errors.Is(gone, fs.ErrNotExist) {
		return err
	}
	for _, p := range parents(dir) {
		s.folders.Forget(p)
	}
	if err := s.makeDir(ss, dir); err != nil {
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
	return s.fail("make", dir, s.do(ctx, func(ss *session) error {
		if err := s.makeDir(ss, path.Dir(dir)); err != nil {
			return err
		}
		err := s.again(ss, path.Dir(dir), func() error { return ss.mkdir(s.absolute(dir)) })
		if !answered(err) {
			return err
		}
		switch _, look := ss.lstat(s.absolute(dir)); {
		case look == nil:
			return fs.ErrExist
		case !errors.Is(look, fs.ErrNotExist):
			return look
		}
		return err
	}))
}

var _ providers.Locker = (*Store)(nil)
