package local

import (
	"cmp"
	"context"
	"os"
	"path"
	"time"

	"github.com/vmxsync/vmxsync/providers"
)

// Edit opens p, with the permissions of a new file where it is absent.
func (s *Store) Edit(ctx context.Context, p string) (providers.EditedFile, error) {
	var f *os.File
	err := s.call(ctx, "edit", p, func() (err error) {
		if err = inside(p); err != nil {
			return err
		}
		f, err = s.edit(p)
		return err
	})
	if err != nil {
		return nil, err
	}
	return f, nil
}

func (s *Store) edit(p string) (*os.File, error) {
	_, err := s.stat(p)
	if err == nil {
		return s.openRegular(p, os.O_RDWR)
	}
	if !isMissing(err) {
		return nil, err
	}
	if err := s.makeDirs(path.Dir(p)); err != nil {
		return nil, err
	}
	f, err := s.root.OpenFile(p, os.O_RDWR|os.O_CREATE|os.O_EXCL, anyFile)
	if err != nil {
		return nil, err
	}
	allowHoles(f)
	return f, s.syncDir(path.Dir(p))
}

// SetModTime sets the time of p.
func (s *Store) SetModTime(ctx context.Context, p string, t time.Time) error {
	return s.call(ctx, "set the time of", p, func() error {
		if err := inside(p); err != nil {
			return err
		}
		if info, err := s.stat(p); err != nil || !info.Mode().IsRegular() {
			return cmp.Or(err, errNotRegular)
		}
		return s.root.Chtimes(p, t, t)
	})
}

var _ providers.Editor = (*Store)(nil)
