package tree

import (
	"cmp"
	"errors"
	"io/fs"
	"path"

	"github.com/vmxsync/vmxsync/providers/ftp/command"
	"github.com/vmxsync/vmxsync/providers/ftp/wire"
	"github.com/vmxsync/vmxsync/providers/retry"
)

// MakeNew begins again where others make and remove the folders above dir at the
// same time.
func (t *Tree) MakeNew(ss *command.Session, dir string) error {
	for try := 1; ; try++ {
		refusal, err := t.makeOnce(ss, dir)
		if refusal == nil && err == nil {
			t.Status.FolderMade()
			t.Known.Add(dir)
		}
		if refusal == nil || err != nil || try == retry.Tries {
			return cmp.Or(err, refusal)
		}
		t.Known.Forget(t.root)
	}
}

// makeOnce returns the refusal of MKD where nothing is there: it has the code
// of a directory that is. The folders above are there most of the time, and are
// made where a first MKD is refused.
func (t *Tree) makeOnce(ss *command.Session, dir string) (refusal, err error) {
	if parent := path.Dir(dir); !t.Known.Has(parent) {
		err := ss.MakeFolder(dir)
		if !wire.Answered(err) || wire.Transient(err) {
			return nil, err
		}
		if err := t.MakeDir(ss, parent); err != nil {
			return nil, err
		}
	}
	err = ss.MakeFolder(dir)
	if !wire.Answered(err) || wire.Transient(err) {
		return nil, err
	}
	refusal = err
	switch _, err := t.Stat(ss, dir); {
	case err == nil:
		return nil, fs.ErrExist
	case errors.Is(err, fs.ErrNotExist), wire.RefusesPath(err):
		return refusal, nil
	default:
		return nil, err
	}
}
