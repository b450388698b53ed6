package ftp

import (
	"context"
	"errors"
	"io/fs"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp/command"
	"github.com/vmxsync/vmxsync/providers/ftp/wire"
)

// Remove asks first what is there, because servers differ in what DELE and RMD
// take. A directory has to be listed as empty before RMD is sent.
func (s *Store) Remove(ctx context.Context, name string) error {
	if err := s.checkEntry(name); err != nil {
		return s.fail("remove", name, err)
	}
	r := removal{store: s, path: s.absolute(name)}
	return s.fail("remove", name, s.do(ctx, r.try))
}

// removal is one Remove over all its tries.
type removal struct {
	store *Store
	path  string
	sent  bool // and it is not known what became of it
}

func (r *removal) try(ss *command.Session) error {
	kind, err := r.kind(ss)
	switch {
	case r.sent && errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case kind == providers.Dir:
		return r.removeDir(ss)
	}
	return r.answered(ss.Remove(ss.Library.Delete, r.path, r.sending))
}

func (r *removal) sending() { r.sent = true }

// kind needs no listing for what is no directory and has a size: DELE takes a
// link away, never what it points to.
func (r *removal) kind(ss *command.Session) (providers.Kind, error) {
	if !ss.Has(command.MLST) {
		f, err := command.Entry(ss, r.path)
		if wire.IsLost(err) || err == nil && f.Kind == providers.Regular {
			return f.Kind, err
		}
	}
	f, err := r.store.tree.Stat(ss, r.path)
	return f.Kind, err
}

func (r *removal) removeDir(ss *command.Session) error {
	files, err := r.store.tree.List(ss, r.path)
	if err != nil {
		return err
	}
	if len(files) > 0 {
		return errNotEmpty
	}
	r.store.tree.Known.Forget(r.path)
	return r.answered(ss.Remove(ss.Library.RemoveDir, r.path, r.sending))
}

// answered: after a refusal it is known that nothing was removed.
func (r *removal) answered(err error) error {
	if wire.RefusesPath(err) {
		r.sent = false
	}
	return err
}
