package local

import (
	"context"
	"fmt"
	"os"
	"sync"

	"github.com/vmxsync/vmxsync/providers"
)

// call does what op says about p, in its turn.
func (s *Store) call(ctx context.Context, op, p string, do func() error) error {
	end, err := s.begin(ctx, p)
	if err == nil {
		defer end()
		err = s.mounted()
	}
	if err == nil {
		err = do()
	}
	if err != nil {
		return named(op, p, err)
	}
	return nil
}

// mounted proves that the path of the root still leads to the folder that was opened: a
// disk that was unmounted meanwhile takes what is written to it, and it is deleted.
func (s *Store) mounted() error {
	opened, err := s.root.Stat(".")
	if err != nil {
		return err
	}
	now, err := os.Stat(s.root.Name())
	if err != nil || os.SameFile(opened, now) {
		return err
	}
	return providers.WithHint(fmt.Errorf("folder %s is not the one that was opened at the start: %w", s.root.Name(), providers.ErrUnreachable),
		"The disk may have been unmounted, or its folder replaced. Mount the disk, and run the same command again.")
}

// begin checks p and waits for a turn; end, which may be called more than
// once, gives it back.
func (s *Store) begin(ctx context.Context, p string) (end func(), err error) {
	if err := checkPath(p); err != nil {
		return nil, err
	}
	return s.turn(ctx)
}

// turn waits for one of the calls under way to end.
func (s *Store) turn(ctx context.Context) (end func(), err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	select {
	case s.turns <- struct{}{}:
		return sync.OnceFunc(func() { <-s.turns }), nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// checkPath refuses what no store takes, and what this system cannot hold.
func checkPath(p string) error {
	if err := providers.CheckPath(p); err != nil {
		return err
	}
	if why := unusable(p); why != "" {
		return fmt.Errorf("%q %s: %w", p, why, providers.ErrName)
	}
	return nil
}

// inside refuses the root, which no call may move, replace or remove.
func inside(p string) error {
	if p == "." {
		return fmt.Errorf("the root cannot be changed: %w", providers.ErrName)
	}
	return checkPath(p)
}
