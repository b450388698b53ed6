package status

import (
	"errors"
	"path"
	"slices"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp/command"
	"github.com/vmxsync/vmxsync/providers/ftp/tree/shown"
	"github.com/vmxsync/vmxsync/providers/ftp/wire"
)

// prove proves STAT in a session: by what another session has listed of the root, or else
// by a listing. An empty root proves nothing, and is tried again once a folder was made.
func (l *Lister) prove(ss *command.Session) error {
	if proven, err := l.provesAgain(ss); proven || err != nil {
		return err
	}
	if ss.StatusEmpty == l.made.Load()+1 {
		return nil
	}
	_, err := l.proveByRoot(ss)
	if ss.StatusWay == command.StatusUnusable && !ss.Broken && ss.Life.Err() == nil {
		return nil // who lists dir may have more luck
	}
	return err
}

// proveByRoot lists the root both ways, and returns the listing and its error.
func (l *Lister) proveByRoot(ss *command.Session) ([]providers.File, error) {
	whole, err := ss.OnePath(l.root)
	if err != nil {
		return nil, err
	}
	made := l.made.Load()
	want, err := l.folders.Settled(ss, l.root)
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
		f, err := shown.ByStatus(ss, l.root, way)
		switch {
		case wire.UnknownCommand(err):
			ss.Server.RefuseStatus()
			return want, nil
		case wire.Answered(err) && !wire.IsTrouble(err):
			continue
		case err != nil && !errors.Is(err, providers.ErrListing):
			return nil, err
		}
		if err == nil && f.ShowsDots() && shown.SameEntries(want, f.Files) {
			return want, l.trust(ss, way, want, f)
		}
	}
	if !l.inFlux(want) {
		ss.Server.RefuseStatus()
	}
	return want, nil
}

// mostInFlux is how often a root may have changed between its listing and STAT before the
// server is taken to show something else.
const mostInFlux = 8

// inFlux reports whether a root may differ from STAT because it is changing: it is no longer
// as another session has seen it both ways, and uploads make folders in it. Then nothing is
// decided, and the next listing of the session proves again.
func (l *Lister) inFlux(root []providers.File) bool {
	known := l.seen.Load()
	return known != nil && !shown.SameEntries(known.files, root) && l.changed.Add(1) <= mostInFlux
}

// trust has the session list by STAT, which has just shown the root as it is.
func (l *Lister) trust(ss *command.Session, way int32, root []providers.File, f shown.Folder) error {
	if err := l.proveMissing(ss, way, f); err != nil {
		return err
	}
	ss.StatusWay, ss.StatusEnd = way, f.End
	l.proven.note(f)
	l.seen.Store(&provenRoot{way, slices.Clone(root)})
	return nil
}

// provenRoot is the root as a session has listed it, which has shown the same by STAT.
type provenRoot struct {
	way   int32
	files []providers.File
}

// provesAgain compares what STAT shows of the root in this session with what another one
// has listed: the sessions of a store may be with different servers behind one address,
// and all of them have to show the same account. Where that differs, the root may have
// changed meanwhile, and is listed again.
func (l *Lister) provesAgain(ss *command.Session) (bool, error) {
	known := l.seen.Load()
	if known == nil {
		return false, nil
	}
	if whole, err := ss.OnePath(l.root); !whole || err != nil {
		return false, err
	}
	f, err := shown.ByStatus(ss, l.root, known.way)
	switch {
	case err == nil && f.ShowsDots() && shown.SameEntries(known.files, f.Files):
		return true, l.trust(ss, known.way, known.files, f)
	case err == nil, errors.Is(err, providers.ErrListing), wire.Answered(err) && !wire.IsTrouble(err):
		return false, nil
	}
	return false, err
}

// proveMissing finds out whether a reply without an entry can be that of an empty folder
// alone: where the folder itself is not shown, a missing one has to be refused.
func (l *Lister) proveMissing(ss *command.Session, way int32, f shown.Folder) error {
	if f.Entries > len(f.Files) {
		return nil
	}
	_, err := shown.ByStatus(ss, path.Join(l.root, absentName), way)
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
