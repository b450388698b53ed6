package ftp

import (
	"cmp"
	"fmt"
	"path"
	"strings"
	"unicode"

	"github.com/vmxsync/vmxsync/providers"
)

// makeDir makes a directory below the root with its parents. A refused MKD
// says nothing: "exists", "no parent" and "not allowed" have the same code.
func (s *Store) makeDir(ss *session, dir string) error {
	if s.known.Has(dir) {
		return nil
	}
	if err := s.makeUnknown(ss, dir); err != nil {
		return err
	}
	s.known.Add(dir)
	return nil
}

func (s *Store) makeUnknown(ss *session, dir string) error {
	if dir == s.root {
		_, err := ss.askRoot(dir)
		return err
	}
	refusal, err := ss.makeOrProve(dir)
	if refusal == nil || err != nil {
		return err
	}
	if err := s.makeDir(ss, path.Dir(dir)); err != nil {
		return err
	}
	// Proven again, because another session may have been faster.
	refusal, err = ss.makeOrProve(dir)
	if refusal != nil && err == nil {
		err = s.misspelt(ss, dir)
	}
	return cmp.Or(err, refusal)
}

// misspelt looks for a directory that MKD has made under another name: CWD does not
// find what was sent, and MKD says that it exists.
func (s *Store) misspelt(ss *session, dir string) error {
	files, err := s.list(ss, path.Dir(dir))
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
func (s *session) makeOrProve(dir string) (refusal, err error) {
	err = s.makeFolder(dir)
	if !answered(err) || transient(err) {
		return nil, err
	}
	refusal, err = err, s.proveDirectory(dir)
	if refusesPath(err) {
		return refusal, nil
	}
	return nil, err
}
