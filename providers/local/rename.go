package local

import (
	"context"
)

// Rename moves from to to.
func (s *Store) Rename(ctx context.Context, from, to string) error {
	if err := inside(to); err != nil {
		return named("rename to", to, err)
	}
	return s.call(ctx, "rename to "+to+" of", from, func() error {
		if err := inside(from); err != nil {
			return err
		}
		return rename(s.root, from, to)
	})
}

// Remove deletes p. It is not synced.
func (s *Store) Remove(ctx context.Context, p string) error {
	return s.call(ctx, "remove", p, func() error {
		if err := inside(p); err != nil {
			return err
		}
		if _, err := stat(s.root, p); err != nil {
			return err
		}
		return s.root.Remove(p)
	})
}
