package mem

import (
	"context"
	"fmt"
	"io/fs"

	"github.com/vmxsync/vmxsync/providers"
)

// call runs do in its turn, alone, and names what failed.
func (s *Store) call(ctx context.Context, op, p string, do func() error) error {
	err := s.begin(ctx, p)
	if err == nil {
		defer s.end()
		s.mu.Lock()
		defer s.mu.Unlock()
		err = do()
	}
	if err != nil {
		return fmt.Errorf("%s %s: %w", op, p, err)
	}
	return nil
}

// begin checks p and waits for a turn, which end gives back.
func (s *Store) begin(ctx context.Context, p string) error {
	if err := providers.CheckPath(p); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case s.turns <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	if s.isClosed() {
		s.end()
		return fs.ErrClosed
	}
	return nil
}

func (s *Store) end() { <-s.turns }

func (s *Store) isClosed() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closed
}

// inside refuses the root, which no call may move, replace or remove.
func inside(p string) error {
	if p == "." {
		return fmt.Errorf("the root cannot be changed: %w", providers.ErrName)
	}
	return providers.CheckPath(p)
}
