package tree

import (
	"errors"
	"io/fs"
	"path"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp/command"
	"github.com/vmxsync/vmxsync/providers/ftp/wire"
)

// HeldBytes is the size of a file at the server, by SIZE, or by what else tells it
// where SIZE says no: some refuse it for a while, or always.
func (t *Tree) HeldBytes(ss *command.Session, name string) (int64, error) {
	n, err := command.Size(ss, name)
	if !wire.RefusesPath(err) && !wire.UnknownCommand(err) {
		return n, err
	}
	f, otherwise := t.shown(ss, name)
	switch {
	case otherwise == nil && f.Kind == providers.Regular:
		return f.Size, nil
	case wire.IsLost(otherwise) || ss.Broken:
		return 0, otherwise
	case errors.Is(otherwise, fs.ErrNotExist):
		return 0, &command.Absent{Err: err}
	}
	return 0, err
}

// shown is what MLST says of an entry, or the listing of its parent.
func (t *Tree) shown(ss *command.Session, name string) (providers.File, error) {
	if ss.Has(command.MLST) {
		return command.Facts(ss, name)
	}
	files, err := t.Folders.List(ss, path.Dir(name))
	if err != nil {
		return providers.File{}, err
	}
	for _, f := range files {
		if f.Path == path.Base(name) {
			return f, nil
		}
	}
	return providers.File{}, fs.ErrNotExist
}
