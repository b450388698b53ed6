package tree

import (
	"errors"
	"fmt"
	"io/fs"
	"path"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp/command"
	"github.com/vmxsync/vmxsync/providers/ftp/tree/folder"
)

// Stat is what is known about one path. Missing: fs.ErrNotExist.
func (t *Tree) Stat(ss *command.Session, name string) (providers.File, error) {
	switch {
	case name == t.root:
		f, err := command.Folder(ss, name)
		return f, Rootless(err)
	case command.Describes(ss):
		f, err := command.Facts(ss, name)
		if !errors.Is(err, command.ErrOddFacts) {
			return f, err
		}
	}
	return t.look(ss, name)
}

// Taken reports whether anything is at a path by MLST or, on a server without it, whether a
// folder is by CWD.
func (t *Tree) Taken(ss *command.Session, name string) (bool, error) {
	if command.Describes(ss) {
		_, err := command.Facts(ss, name)
		if !errors.Is(err, command.ErrOddFacts) {
			return err == nil, unlessAbsent(err)
		}
	}
	_, err := command.Folder(ss, name)
	return err == nil, unlessAbsent(err)
}

func unlessAbsent(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// look finds an entry in the listing of its parent. Where that cannot be
// listed, only a positive answer to CWD or SIZE is believed.
func (t *Tree) look(ss *command.Session, name string) (providers.File, error) {
	list := t.Folders.List
	if !ss.Has(command.MLST) {
		list = t.Status.List
	}
	files, err := list(ss, path.Dir(name))
	switch {
	case err == nil:
	case errors.Is(err, folder.ErrNotDir):
		return providers.File{}, &command.Absent{Err: err}
	case !errors.Is(err, providers.ErrListing) && !errors.Is(err, fs.ErrPermission):
		return providers.File{}, err
	}
	partial, isPart := errors.AsType[*providers.PartialListing](err)
	if isPart {
		files = partial.Files
	}
	for _, f := range files {
		if f.Path == path.Base(name) {
			return command.ExactTime(ss, name, f)
		}
	}
	f, asked := command.Entry(ss, name)
	if errors.Is(asked, fs.ErrNotExist) && err != nil && !(isPart && !partial.MayHide(path.Base(name))) {
		return f, err
	}
	return f, asked
}

// Rootless names the root as what is missing.
func Rootless(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: %w", ErrNoRoot, err)
	}
	return err
}
