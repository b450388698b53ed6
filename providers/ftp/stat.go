package ftp

import (
	"context"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp/command"
)

// Stat asks by MLST, in which ProFTPD and pyftpdlib follow links: only List
// shows them there. Without MLST, the listing of the parent tells what the
// entry is, and SIZE and CWD have to agree where it reports none: a name may
// be hidden, or come back in another spelling.
func (s *Store) Stat(ctx context.Context, name string) (providers.File, error) {
	if err := s.check(name); err != nil {
		return providers.File{}, s.fail("stat", name, err)
	}
	var f providers.File
	err := s.do(ctx, func(ss *command.Session) (err error) {
		f, err = s.tree.Stat(ss, s.absolute(name))
		return err
	})
	if err != nil {
		return providers.File{}, s.fail("stat", name, err)
	}
	f.Path = name
	return f, nil
}
