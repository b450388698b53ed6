package tree

import (
	"cmp"
	"fmt"
	"path"
	"strings"
	"unicode"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp/command"
	"github.com/vmxsync/vmxsync/providers/ftp/wire"
)

// MakeDir makes a directory below the root with its parents. A refused MKD
// says nothing: "exists", "no parent" and "not allowed" have the same code.
func (t *Tree) MakeDir(ss *command.Session, dir string) error {
	return t.Known.Once(ss.Life, dir, func() error {
		err := t.makeUnknown(ss, dir)
		if err == nil {
			t.Status.FolderMade()
		}
		return err
	})
}

func (t *Tree) makeUnknown(ss *command.Session, dir string) error {
	if dir == t.root {
		_, err := command.Folder(ss, dir)
		return err
	}
	refusal, err := makeOrProve(ss, dir)
	if refusal == nil || err != nil {
		return err
	}
	if err := t.MakeDir(ss, path.Dir(dir)); err != nil {
		return err
	}
	// Proven again, because another session may have been faster.
	refusal, err = makeOrProve(ss, dir)
	if refusal != nil && err == nil {
		err = t.misspelt(ss, dir)
	}
	return cmp.Or(err, refusal)
}

// misspelt looks for a directory that MKD has made under another name: CWD does not
// find what was sent, and MKD says that it exists.
func (t *Tree) misspelt(ss *command.Session, dir string) error {
	files, err := t.Folders.List(ss, path.Dir(dir))
	if err != nil {
		return nil // the refusal of MKD says more
	}
	sent := path.Base(dir)
	for _, f := range files {
		if f.Kind == providers.Dir && f.Path != sent && plainName(f.Path) == plainName(sent) {
			return providers.WithHint(fmt.Errorf("the server does not store names as they are sent: vmxsync sent %q, and the server lists %q: %w",
				sent, f.Path, providers.ErrName), "Rename it at the source to the name that the server lists, or turn off the setting of the server that changes names.")
		}
	}
	return nil
}

// plainName is a name without what servers change: its case, and what is neither a
// letter nor a digit.
func plainName(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return '_'
	}, name)
}

// makeOrProve returns the refusal of MKD where the directory is neither made
// nor there.
func makeOrProve(s *command.Session, dir string) (refusal, err error) {
	err = s.MakeFolder(dir)
	if !wire.Answered(err) || wire.Transient(err) {
		return nil, err
	}
	refusal, err = err, s.ProveDirectory(dir)
	if wire.RefusesPath(err) {
		return refusal, nil
	}
	return nil, err
}
