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
func (s *Store) Remove(ctx context.Context, name string) error { return s.remove(ctx, name, removal{}) }

// remove does r, which knows what the caller knows.
func (s *Store) remove(ctx context.Context, name string, r removal) error {
	if err := s.checkEntry(name); err != nil {
		return s.fail("remove", name, err)
	}
	r.store, r.path = s, s.absolute(name)
	return s.fail("remove", name, s.do(ctx, r.try))
}

// removal is one Remove over all its tries.
type removal struct {
	store   *Store
	path    string
	known   providers.Kind // by a listing that was just made; "": not known
	emptied bool           // the caller has just emptied the folder
	lean    bool           // it is listed at less cost
	sent    bool           // and it is not known what became of it
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
	return r.whyNot(ss, r.answered(ss.Remove(ss.Library.Delete, r.path, r.sending)))
}

// whyNot finds out whether what was not looked for is missing.
func (r *removal) whyNot(ss *command.Session, err error) error {
	if r.known == "" || !wire.RefusesPath(err) || ss.Broken {
		return err
	}
	r.known = ""
	if _, missing := r.kind(ss); errors.Is(missing, fs.ErrNotExist) {
		return missing
	}
	return err
}

func (r *removal) sending() { r.sent = true }

// kind needs no listing for what is no directory and has a size: DELE takes a
// link away, never what it points to.
func (r *removal) kind(ss *command.Session) (providers.Kind, error) {
	if r.known != "" && !r.sent {
		return r.known, nil
	}
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
	if err := r.proveEmpty(ss); err != nil {
		return err
	}
	r.store.tree.Known.Forget(r.path)
	return r.whyNot(ss, r.answered(ss.Remove(ss.Library.RemoveDir, r.path, r.sending)))
}

func (r *removal) proveEmpty(ss *command.Session) error {
	if r.emptied && !r.sent {
		return nil
	}
	list := r.store.tree.Folders.List
	if r.lean {
		list = r.store.tree.Status.List
	}
	files, err := list(ss, r.path)
	if err == nil && len(files) > 0 {
		err = errNotEmpty
	}
	return err
}

// answered: after a refusal it is known that nothing was removed.
func (r *removal) answered(err error) error {
	if wire.RefusesPath(err) {
		r.sent = false
	}
	return err
}
