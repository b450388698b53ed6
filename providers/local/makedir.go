package local

import (
	"context"
)

// MakeDir makes dir, which must not be there: the kernel has one winner.
func (s *Store) MakeDir(ctx context.Context, dir string) error {
	return s.call(ctx, "make", dir, func() error {
		if err := inside(dir); err != nil {
			return err
		}
		err := makeDir(s.root, dir)
		if isMissing(err) { // somebody has removed its parent meanwhile
			err = makeDir(s.root, dir)
		}
		return err
	})
}
