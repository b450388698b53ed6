package sftp

import (
	"context"
	"errors"
	"io/fs"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/retry"
	"github.com/vmxsync/vmxsync/providers/sftp/wire"
)

// Remove asks first what is there. REMOVE takes a link away, never what it points to;
// RMDIR takes only what is empty.
func (s *Store) Remove(ctx context.Context, name string) error {
	if err := s.checkEntry(name); err != nil {
		return s.fail("remove", name, err)
	}
	sent := false // and it is not known what became of it
	return s.fail("remove", name, s.do(ctx, func(t tree) error {
		f, err := t.stat(name)
		switch {
		case sent && errors.Is(err, fs.ErrNotExist):
			return nil
		case err != nil:
			return err
		}
		t.folders.Forget(name)
		err = t.removeEntry(f)
		sent = sent || retry.IsLost(err)
		return err
	}))
}

// stillThere is err, unless it reports that an entry is absent which is still there: where
// REMOVE of a link is refused, the library asks for what the link points to.
func (t tree) stillThere(name string, err error) error {
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if _, absent := t.stat(name); absent != nil {
		return err
	}
	return errNotRemoved
}

func (t tree) removeEntry(f providers.File) error {
	p := t.absolute(f.Path)
	if f.Kind != providers.Dir {
		return t.stillThere(f.Path, t.Unlink(p))
	}
	err := t.Rmdir(p)
	if !wire.Answered(err) {
		return err
	}
	if infos, unlisted := t.ReadDir(p); unlisted == nil && len(infos) > 0 {
		return errNotEmpty
	}
	return err
}
