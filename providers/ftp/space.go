package ftp

import (
	"context"
	"errors"
	"strings"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp/command"
	"github.com/vmxsync/vmxsync/providers/ftp/listing"
	"github.com/vmxsync/vmxsync/providers/ftp/wire"
)

// FreeBytes asks by AVBL (draft-peterson-streamlined-ftp-command-extensions), which
// few servers have.
func (s *Store) FreeBytes(ctx context.Context) (int64, error) {
	var left int64
	err := s.do(ctx, func(ss *command.Session) error {
		if !ss.Has("AVBL") {
			return errors.ErrUnsupported
		}
		reply, err := ss.SayAt(213, "AVBL", s.root)
		if _, refused := errors.AsType[*wire.Refusal](err); refused {
			return errors.ErrUnsupported
		}
		if err != nil {
			return err
		}
		if left, err = listing.Size(strings.TrimSpace(reply)); err != nil {
			return errors.ErrUnsupported
		}
		return nil
	})
	return left, s.fail("query the free space of", ".", err)
}

var _ providers.SpaceReporter = (*Store)(nil)
