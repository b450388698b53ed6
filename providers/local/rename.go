package local

import (
	"context"
	"github.com/vmxsync/vmxsync/providers/local/disk"
)

// Rename moves from to to.
func (s *Store) Rename(ctx context.Context, from, to string) error {
	if err := disk.CheckBelowRoot(to); err != nil {
		return disk.Named("rename to", to, err)
	}
	return s.call(ctx, "rename to "+to+" of", from, func() error {
		if err := disk.CheckBelowRoot(from); err != nil {
			return err
		}
		return disk.Rename(s.root, from, to)
	})
}

// Remove deletes p. It is not synced.
func (s *Store) Remove(ctx context.Context, p string) error {
	return s.call(ctx, "remove", p, func() error {
		if err := disk.CheckBelowRoot(p); err != nil {
			return err
		}
		if _, err := disk.Stat(s.root, p); err != nil {
			return err
		}
		return s.root.Remove(p)
	})
}
