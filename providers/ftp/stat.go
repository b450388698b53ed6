package ftp

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"

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
		f, err = s.stat(ss, s.absolute(name))
		return err
	})
	if err != nil {
		return providers.File{}, s.fail("stat", name, err)
	}
	f.Path = name
	return f, nil
}

func (s *Store) stat(ss *command.Session, name string) (providers.File, error) {
	switch {
	case name == s.root:
		f, err := command.Root(ss, name)
		return f, rootless(err)
	case command.Describes(ss):
		f, err := command.Facts(ss, name)
		if !errors.Is(err, command.ErrOddFacts) {
			return f, err
		}
	}
	return s.look(ss, name)
}

// look finds an entry in the listing of its parent. Where that cannot be
// listed, only a positive answer to CWD or SIZE is believed.
func (s *Store) look(ss *command.Session, name string) (providers.File, error) {
	files, err := s.list(ss, path.Dir(name))
	switch {
	case err == nil:
	case errors.Is(err, errNotDir):
		return providers.File{}, &command.Absent{Err: err}
	case !errors.Is(err, providers.ErrListing) && !errors.Is(err, fs.ErrPermission):
		return providers.File{}, err
	}
	partial, isPart := errors.AsType[*providers.PartialListing](err)
	if isPart {
		files = partial.Files
	}
	for _, f := range files {
		if f.Path == path.Base(name) {
			return command.ExactTime(ss, name, f)
		}
	}
	f, asked := command.Entry(ss, name)
	if errors.Is(asked, fs.ErrNotExist) && err != nil && !(isPart && !partial.MayHide(path.Base(name))) {
		return f, err
	}
	return f, asked
}

// rootless names the root as what is missing.
func rootless(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: %w", errNoRoot, err)
	}
	return err
}
