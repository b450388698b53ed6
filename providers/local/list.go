package local

import (
	"context"

	"github.com/vmxsync/vmxsync/providers"
)

// List returns the entries of dir. One that vanishes meanwhile is left out.
func (s *Store) List(ctx context.Context, dir string) ([]providers.File, error) {
	var files []providers.File
	err := s.call(ctx, "list", dir, func() (err error) {
		files, err = list(ctx, s.root, dir)
		return err
	})
	return files, unreadable(err, s.root.Name())
}

// Stat returns what is known about p.
func (s *Store) Stat(ctx context.Context, p string) (providers.File, error) {
	var f providers.File
	err := s.call(ctx, "stat", p, func() error {
		info, err := stat(s.root, p)
		if err == nil {
			f = file(p, info)
		}
		return err
	})
	return f, unreadable(err, s.root.Name())
}
