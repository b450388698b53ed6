package local

import (
	"context"
	"path"
)

// MakeDir makes dir, which must not be there: the kernel has one winner.
func (s *Store) MakeDir(ctx context.Context, dir string) error {
	return s.call(ctx, "make", dir, func() error {
		if err := inside(dir); err != nil {
			return err
		}
		err := s.makeDir(dir)
		if isMissing(err) { // somebody has removed its parent meanwhile
			err = s.makeDir(dir)
		}
		return err
	})
}

func (s *Store) makeDir(dir string) error {
	if err := s.makeDirs(path.Dir(dir)); err != nil {
		return err
	}
	if err := s.root.Mkdir(dir, anyDir); err != nil {
		return err
	}
	return s.syncDir(path.Dir(dir))
}
