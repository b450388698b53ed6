package local

import (
	"cmp"
	"context"
	"os"
	"time"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/local/disk"
)

// Edit opens p, with the permissions of a new file where it is absent.
func (s *Store) Edit(ctx context.Context, p string) (providers.EditedFile, error) {
	var f *os.File
	err := s.call(ctx, "edit", p, func() (err error) {
		if err = disk.CheckBelowRoot(p); err != nil {
			return err
		}
		f, err = disk.Edit(s.root, p)
		return err
	})
	if err != nil {
		return nil, err
	}
	return f, nil
}

// SetModTime sets the time of p.
func (s *Store) SetModTime(ctx context.Context, p string, t time.Time) error {
	return s.call(ctx, "set the time of", p, func() error {
		if err := disk.CheckBelowRoot(p); err != nil {
			return err
		}
		if info, err := disk.Stat(s.root, p); err != nil || !info.Mode().IsRegular() {
			return cmp.Or(err, disk.ErrNotRegular)
		}
		return s.root.Chtimes(p, t, t)
	})
}

var _ providers.Editor = (*Store)(nil)
