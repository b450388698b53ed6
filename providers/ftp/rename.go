package ftp

import (
	"context"
	"errors"
	"io/fs"
	"path"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp/command"
	"github.com/vmxsync/vmxsync/providers/ftp/wire"
)

// Rename proves first that to is absent: every server replaces a file, and
// some an empty directory, without an error. It does not keep another client
// from taking the name in between.
func (s *Store) Rename(ctx context.Context, from, to string) error {
	return s.rename(ctx, from, to, false)
}

func (s *Store) rename(ctx context.Context, from, to string, free bool) error {
	if err := errors.Join(s.checkEntry(from), s.checkEntry(to)); err != nil {
		return s.fail("rename", from, err)
	}
	m := move{store: s, from: s.absolute(from), to: s.absolute(to), free: free}
	return s.fail("rename "+providers.Escape(m.from)+" to", to, s.do(ctx, m.try))
}

// move is one Rename over all its tries.
type move struct {
	store    *Store
	from, to string
	free     bool // to was just listed as absent
	sent     bool // and it is not known what became of it
}

func (m *move) try(ss *command.Session) error {
	if m.sent {
		if happened, err := m.happened(ss); happened || err != nil {
			return err
		}
	}
	parent := path.Dir(m.to)
	believed := m.store.tree.Known.Has(parent)
	if err := m.store.tree.MakeDir(ss, parent); err != nil {
		return err
	}
	if !m.free {
		if err := m.proveAbsent(ss); err != nil {
			return err
		}
	}
	asked := !m.free
	m.free = false // not any more, once something was tried
	m.store.tree.Known.Forget(m.from)
	m.sent = true
	err := ss.Rename(m.from, m.to)
	if err == nil {
		return nil
	}
	m.store.tree.Known.Forget(parent) // Pure-FTPd says 451 where it is missing
	if !wire.RefusesPath(err) {
		return err
	}
	m.sent = false
	if believed && wire.RefusesPath(ss.ProveDirectory(parent)) {
		return m.try(ss) // somebody has removed it since
	}
	if !asked {
		if there := m.proveAbsent(ss); there != nil {
			return there
		}
	}
	return m.whyNot(ss, err)
}

func (m *move) proveAbsent(ss *command.Session) error {
	_, err := m.store.tree.Stat(ss, m.to)
	switch {
	case err == nil:
		return fs.ErrExist
	case errors.Is(err, fs.ErrNotExist):
		return nil
	}
	return err
}

// happened looks for what an earlier try, whose reply was lost, has done.
func (m *move) happened(ss *command.Session) (bool, error) {
	_, err := m.store.tree.Stat(ss, m.from)
	if !errors.Is(err, fs.ErrNotExist) {
		return false, err
	}
	_, err = m.store.tree.Stat(ss, m.to)
	return err == nil, err
}

// whyNot finds out whether from is missing.
func (m *move) whyNot(ss *command.Session, refusal error) error {
	if _, err := m.store.tree.Stat(ss, m.from); err != nil {
		return err
	}
	return refusal
}

var _ providers.Store = (*Store)(nil)
