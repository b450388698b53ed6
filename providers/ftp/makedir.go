package ftp

import (
	"context"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp/command"
)

// MakeDir believes that it made dir only where the server confirms its MKD: on
// every server that was tried, exactly one of many sessions succeeds.
func (s *Store) MakeDir(ctx context.Context, dir string) error {
	if err := s.checkEntry(dir); err != nil {
		return s.fail("make", dir, err)
	}
	absolute := s.absolute(dir)
	return s.fail("make", dir, s.do(ctx, func(ss *command.Session) error { return s.tree.MakeNew(ss, absolute) }))
}

var _ providers.Locker = (*Store)(nil)
