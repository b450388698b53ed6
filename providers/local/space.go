package local

import (
	"context"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/local/disk"
)

// Free asks the file system of the root.
func (s *Store) FreeBytes(ctx context.Context) (n int64, err error) {
	err = s.call(ctx, "query the free space of", ".", func() error {
		n, err = disk.FreeBytes(s.root.Name())
		return err
	})
	return n, err
}

var _ providers.SpaceReporter = (*Store)(nil)
