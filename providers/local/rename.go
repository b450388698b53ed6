package local

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
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
		return s.rename(from, to)
	})
}

func (s *Store) rename(from, to string) error {
	if _, err := s.stat(from); err != nil {
		return err
	}
	if _, err := s.stat(to); !isMissing(err) {
		if err == nil {
			return fs.ErrExist
		}
		return err
	}
	if strings.HasPrefix(to, from+"/") {
		return fmt.Errorf("into itself: %w", fs.ErrInvalid)
	}
	if err := s.makeDirs(path.Dir(to)); err != nil {
		return err
	}
	if err := s.move(from, to); err != nil {
		return moved(err)
	}
	return errors.Join(s.syncDir(path.Dir(to)), s.syncDir(path.Dir(from)))
}

// Remove deletes p. It is not synced.
func (s *Store) Remove(ctx context.Context, p string) error {
	return s.call(ctx, "remove", p, func() error {
		if err := inside(p); err != nil {
			return err
		}
		if _, err := s.stat(p); err != nil {
			return err
		}
		return s.root.Remove(p)
	})
}
