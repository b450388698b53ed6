package sftp

import (
	"context"
	"errors"
	"io/fs"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/retry"
)

// Remove asks first what is there. REMOVE takes a link away, never what it points to;
// RMDIR takes only what is empty.
func (s *Store) Remove(ctx context.Context, name string) error {
	if err := s.checkEntry(name); err != nil {
		return s.fail("remove", name, err)
	}
	sent := false // and it is not known what became of it
	return s.fail("remove", name, s.do(ctx, func(ss *session) error {
		f, err := s.stat(ss, name)
		switch {
		case sent && errors.Is(err, fs.ErrNotExist):
			return nil
		case err != nil:
			return err
		}
		s.folders.Forget(name)
		err = s.removeEntry(ss, f)
		sent = sent || retry.IsLost(err)
		return err
	}))
}

// stillThere is err, unless it reports that an entry is absent which is still there: where
// REMOVE of a link is refused, the library asks for what the link points to.
func (s *Store) stillThere(ss *session, name string, err error) error {
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if _, absent := s.stat(ss, name); absent != nil {
		return err
	}
	return errNotRemoved
}

func (s *Store) removeEntry(ss *session, f providers.File) error {
	p := s.absolute(f.Path)
	if f.Kind != providers.Dir {
		return s.stillThere(ss, f.Path, ss.unlink(p))
	}
	err := ss.rmdir(p)
	if !answered(err) {
		return err
	}
	if infos, unlisted := ss.readDir(p); unlisted == nil && len(infos) > 0 {
		return errNotEmpty
	}
	return err
}
