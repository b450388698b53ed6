package local

import (
	"context"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/local/disk"
)

// List returns the entries of dir. One that vanishes meanwhile is left out.
func (s *Store) List(ctx context.Context, dir string) ([]providers.File, error) {
	var files []providers.File
	err := s.call(ctx, "list", dir, func() (err error) {
		files, err = disk.List(ctx, s.root, dir)
		return err
	})
	return files, disk.Unreadable(err, s.root.Name())
}

// Stat returns what is known about p.
func (s *Store) Stat(ctx context.Context, p string) (providers.File, error) {
	var f providers.File
	err := s.call(ctx, "stat", p, func() error {
		info, err := disk.Stat(s.root, p)
		if err == nil {
			f = disk.File(p, info)
		}
		return err
	})
	return f, disk.Unreadable(err, s.root.Name())
}
