package local

import (
	"context"
	"fmt"
	"os"
	"sync"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/local/disk"
)

// call does what op says about p, in its turn.
func (s *Store) call(ctx context.Context, op, p string, do func() error) error {
	end, err := s.begin(ctx, p)
	if err == nil {
		defer end()
		err = mounted(s.root)
	}
	if err == nil {
		err = do()
	}
	if err != nil {
		return disk.Named(op, p, err)
	}
	return nil
}

// mounted proves that the path of the root still leads to the folder that was opened: a
// disk that was unmounted meanwhile takes what is written to it, and it is deleted.
func mounted(root *os.Root) error {
	opened, err := root.Stat(".")
	if err != nil {
		return err
	}
	now, err := os.Stat(root.Name())
	if err != nil || os.SameFile(opened, now) {
		return err
	}
	return providers.WithHint(fmt.Errorf("folder %s is not the one that was opened at the start: %w", root.Name(), providers.ErrUnreachable),
		"The disk may have been unmounted, or its folder replaced. Mount the disk, and run the same command again.")
}

// begin checks p and waits for a turn; end, which may be called more than
// once, gives it back.
func (s *Store) begin(ctx context.Context, p string) (end func(), err error) {
	if err := disk.CheckPath(p); err != nil {
		return nil, err
	}
	return s.turns.wait(ctx)
}

// turns holds one token per call under way, the Read of a reader included.
type turns chan struct{}

// wait waits for one of the calls under way to end; end gives the turn back.
func (t turns) wait(ctx context.Context) (end func(), err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	select {
	case t <- struct{}{}:
		return sync.OnceFunc(func() { <-t }), nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
