package tree

import (
	"errors"
	"path"
	"slices"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp/command"
	"github.com/vmxsync/vmxsync/providers/ftp/wire"
)

// prove proves STAT in a session: by what another session has listed of the root, or else
// by a listing. An empty root proves nothing, and is tried again once a folder was made.
func (t *Tree) prove(ss *command.Session) error {
	if proven, err := t.provesAgain(ss); proven || err != nil {
		return err
	}
	if ss.StatusEmpty == t.made.Load()+1 {
		return nil
	}
	_, err := t.proveStatus(ss)
	if ss.StatusWay == command.StatusUnusable && !ss.Broken && ss.Life.Err() == nil {
		return nil // who lists dir may have more luck
	}
	return err
}

// proveStatus lists the root both ways, and returns the listing and its error.
func (t *Tree) proveStatus(ss *command.Session) ([]providers.File, error) {
	whole, err := ss.OnePath(t.root)
	if err != nil {
		return nil, err
	}
	made := t.made.Load()
	want, err := t.ListSettled(ss, t.root)
	switch {
	case wire.IsLost(err) || ss.Broken || ss.Life.Err() != nil:
		return nil, err
	case err != nil || !whole:
		ss.StatusWay = command.StatusUnusable
		return want, err
	case len(want) == 0:
		ss.StatusEmpty = made + 1
		return nil, nil
	}
	for _, way := range []int32{command.StatusPlain, command.StatusAll} {
		shown, err := t.statusLines(ss, t.root, way)
		switch {
		case wire.UnknownCommand(err):
			ss.Server.RefuseStatus()
			return want, nil
		case wire.Answered(err) && !wire.IsTrouble(err):
			continue
		case err != nil && !errors.Is(err, providers.ErrListing):
			return nil, err
		}
		if err == nil && showsDots(shown) && sameEntries(want, shown.files) {
			return want, t.trust(ss, way, want, shown)
		}
	}
	ss.Server.RefuseStatus()
	return want, nil
}

// trust has the session list by STAT, which has just shown the root as it is.
func (t *Tree) trust(ss *command.Session, way int32, root []providers.File, shown listed) error {
	if err := t.proveMissing(ss, way, shown); err != nil {
		return err
	}
	ss.StatusWay, ss.StatusEnd = way, shown.end
	t.proven.note(shown)
	t.noteRoot(way, root)
	return nil
}

// provenRoot is the root as a session has listed it, which has shown the same by STAT.
type provenRoot struct {
	way   int32
	files []providers.File
}

func (t *Tree) noteRoot(way int32, files []providers.File) {
	t.seen.Store(&provenRoot{way, slices.Clone(files)})
}

func (t *Tree) knowsRoot() bool { return t.seen.Load() != nil }

// provesAgain compares what STAT shows of the root in this session with what another one
// has listed: the sessions of a store may be with different servers behind one address,
// and all of them have to show the same account. Where that differs, the root may have
// changed meanwhile, and is listed again.
func (t *Tree) provesAgain(ss *command.Session) (bool, error) {
	known := t.seen.Load()
	if known == nil {
		return false, nil
	}
	if whole, err := ss.OnePath(t.root); !whole || err != nil {
		return false, err
	}
	shown, err := t.statusLines(ss, t.root, known.way)
	switch {
	case err == nil && showsDots(shown) && sameEntries(known.files, shown.files):
		return true, t.trust(ss, known.way, known.files, shown)
	case err == nil, errors.Is(err, providers.ErrListing), wire.Answered(err) && !wire.IsTrouble(err):
		return false, nil
	}
	return false, err
}

// proveMissing finds out whether a reply without an entry can be that of an empty folder
// alone: where the folder itself is not shown, a missing one has to be refused.
func (t *Tree) proveMissing(ss *command.Session, way int32, shown listed) error {
	if shown.entries > len(shown.files) {
		return nil
	}
	_, err := t.statusLines(ss, path.Join(t.root, absentName), way)
	switch {
	case wire.RefusesPath(err), wire.Answered(err) && !wire.IsTrouble(err):
		ss.StatusRefuses = true
		return nil
	case errors.Is(err, providers.ErrListing):
		return nil
	}
	return err
}

// absentName is that of a folder that is in no root.
const absentName = "vmxsync-is-not-here"

// showsDots reports whether what is shown has a name that begins with a dot: then such
// names are not hidden elsewhere.
func showsDots(l listed) bool {
	return l.entries > len(l.files) || slices.ContainsFunc(l.files, func(f providers.File) bool { return isDotName(f.Path) })
}
