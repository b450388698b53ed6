package ftp

import (
	"context"
	"errors"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp/command"
)

// List tells a missing directory from an empty one by CWD, and is an error
// where one line was not understood or the server cut the listing. Without
// MLSD, names that begin with a dot are listed if the server has a way to show
// them, and times are as the server's own zone writes them.
func (s *Store) List(ctx context.Context, dir string) ([]providers.File, error) {
	return s.list(ctx, dir, func(ss *command.Session, dir string) ([]providers.File, error) {
		if ss.Has(command.MLST) {
			return s.tree.Folders.Settled(ss, dir)
		}
		return s.tree.Status.List(ss, dir)
	})
}

func (s *Store) list(ctx context.Context, dir string, by func(*command.Session, string) ([]providers.File, error)) ([]providers.File, error) {
	if err := s.check(dir); err != nil {
		return nil, s.fail("list", dir, err)
	}
	var files []providers.File
	err := s.do(ctx, func(ss *command.Session) (err error) {
		files, err = by(ss, s.absolute(dir))
		return err
	})
	if partial, ok := errors.AsType[*providers.PartialListing](err); ok {
		locate(dir, partial.Files)
	}
	if err != nil {
		return nil, s.fail("list", dir, err)
	}
	locate(dir, files)
	return files, nil
}

func locate(dir string, files []providers.File) {
	for i := range files {
		files[i].Path = below(dir, files[i].Path)
	}
}

// below does not clean: the name may be hostile, and stays what it is.
func below(dir, name string) string {
	if dir == "." {
		return name
	}
	return dir + "/" + name
}
