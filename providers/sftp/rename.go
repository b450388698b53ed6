package sftp

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/retry"
	"github.com/vmxsync/vmxsync/providers/sftp/wire"
)

// Rename proves first that to is absent, and then sends SSH_FXP_RENAME. OpenSSH renames
// a file by a hard link, so that of all who want the same target one succeeds; a folder
// by stat and rename(2), which replaces an empty folder that came in between, and
// nothing else.
func (s *Store) Rename(ctx context.Context, from, to string) error {
	if err := errors.Join(s.checkEntry(from), s.checkEntry(to)); err != nil {
		return s.fail("rename", from, err)
	}
	m := move{from: from, to: to}
	return s.fail("rename "+providers.Escape(s.absolute(from))+" to", to, s.do(ctx, m.try))
}

// move is one Rename over all its tries.
type move struct {
	from, to string
	lost     error // of an earlier try of which it is not known what became
}

func (m *move) try(t tree) error {
	if _, err := t.stat(m.from); err != nil {
		return m.happened(t, err)
	}
	if err := m.proveAbsent(t); err != nil {
		return err
	}
	if strings.HasPrefix(m.to, m.from+"/") {
		return fmt.Errorf("into itself: %w", fs.ErrInvalid)
	}
	if err := t.makeDir(path.Dir(m.to)); err != nil {
		return err
	}
	t.folders.Forget(m.from)
	err := m.send(t)
	if retry.IsLost(err) {
		m.lost = err
	}
	return err
}

// send renames. A refusal is looked into: it has the same code whatever the reason.
// Nothing else is tried after one: the rename of POSIX would replace what has appeared
// at the target meanwhile.
func (m *move) send(t tree) error {
	from, to := t.absolute(m.from), t.absolute(m.to)
	err := t.again(path.Dir(m.to), func() error { return t.Rename(from, to) })
	if !wire.Answered(err) {
		return err
	}
	if _, gone := t.stat(m.from); gone != nil {
		return m.happened(t, gone)
	}
	if absent := m.proveAbsent(t); absent != nil {
		return absent
	}
	return err
}

// proveAbsent is fs.ErrExist if something is at the target.
func (m *move) proveAbsent(t tree) error {
	_, err := t.stat(m.to)
	switch {
	case err == nil && m.lost != nil:
		return fmt.Errorf("both names exist after an interrupted rename: %w", m.lost)
	case err == nil:
		return fs.ErrExist
	case errors.Is(err, fs.ErrNotExist) && !errors.Is(err, errNotDir):
		return nil
	}
	return err
}

// happened is nil where from is missing because an earlier try, whose reply was lost, has
// moved it; else it is why from cannot be described.
func (m *move) happened(t tree, missing error) error {
	if m.lost == nil || !errors.Is(missing, fs.ErrNotExist) {
		return missing
	}
	if _, err := t.stat(m.to); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return missing
}
