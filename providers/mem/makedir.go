package mem

import (
	"context"
	"io/fs"
	"path"
	"time"
)

// MakeDir makes dir, which must not be there.
func (s *Store) MakeDir(ctx context.Context, dir string) error {
	return s.call(ctx, "make", dir, func() error {
		if err := inside(dir); err != nil {
			return err
		}
		s.digest = ""
		return s.root.makeDir(dir, s.time())
	})
}

func (n *node) makeDir(dir string, now time.Time) error {
	if _, err := n.walk(dir); err == nil {
		return fs.ErrExist
	}
	parent, err := n.mkdirs(path.Dir(dir), now)
	if err != nil {
		return err
	}
	made := newDir()
	made.modTime = now
	parent.entries[path.Base(dir)] = made
	return nil
}
