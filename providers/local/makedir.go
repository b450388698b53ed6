package local

import (
	"context"
	"github.com/vmxsync/vmxsync/providers/local/disk"
)

// MakeDir makes dir, which must not be there: the kernel has one winner.
func (s *Store) MakeDir(ctx context.Context, dir string) error {
	return s.call(ctx, "make", dir, func() error {
		if err := disk.CheckBelowRoot(dir); err != nil {
			return err
		}
		err := disk.MakeDir(s.root, dir)
		if disk.IsMissing(err) { // somebody has removed its parent meanwhile
			err = disk.MakeDir(s.root, dir)
		}
		return err
	})
}
