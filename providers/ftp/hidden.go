package ftp

import (
	"errors"
	"slices"
	"strings"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp/command"
	"github.com/vmxsync/vmxsync/providers/ftp/wire"
)

// What a server without MLSD shows of the names that begin with a dot.
const (
	notAsked int32 = iota
	shows          // LIST shows them
	showsAll       // LIST -a shows them
	mayHide        // nothing proves that it shows them
)

// all stands in front of the path where LIST hides what begins with a dot.
const all = "-a "

// listOption is what a whole listing needs. To find out, the root is listed
// both ways once per store.
func (s *Store) listOption(ss *command.Session) (string, error) {
	if ss.Has(command.MLST) {
		return "", nil
	}
	if s.hidden.Load() == notAsked {
		found, err := s.visibility(ss)
		if err != nil {
			return "", err
		}
		s.hidden.Store(found)
	}
	if s.hidden.Load() == showsAll {
		return all, nil
	}
	return "", nil
}

// visibility believes that -a was taken for an option, and not for a part of
// the path, only if it shows the directory itself and all that LIST shows.
func (s *Store) visibility(ss *command.Session) (int32, error) {
	few, err := s.rootNames(ss, "")
	if err != nil {
		return notAsked, err
	}
	many, err := s.rootNames(ss, all)
	if err != nil {
		return notAsked, err
	}
	switch {
	case slices.Contains(many, ".") && containsAll(many, few):
		return showsAll, nil
	case slices.ContainsFunc(few, isDotName):
		return shows, nil
	}
	return mayHide, nil
}

// rootNames are the names in a listing of the root, dots included; none where
// the server refused or the listing cannot be used.
func (s *Store) rootNames(ss *command.Session, option string) ([]string, error) {
	raw, err := ss.Listing(ss.Library, option, s.root)
	if _, answered := errors.AsType[*wire.Refusal](err); answered && !wire.Transient(err) || errors.Is(err, providers.ErrListing) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	entries, err := s.parse(ss, raw)
	if err != nil {
		return nil, nil
	}
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = e.Path
	}
	return names, nil
}

func containsAll(names, wanted []string) bool {
	held := make(map[string]bool, len(names))
	for _, n := range names {
		held[n] = true
	}
	return !slices.ContainsFunc(wanted, func(n string) bool { return !held[n] })
}

func isDotName(name string) bool {
	return strings.HasPrefix(name, ".") && name != "." && name != ".."
}

// wouldHide reports whether a file at name, once stored, might be missing in every
// listing. The first element may begin with a dot: that is our own folder,
// which is addressed by its path and never looked for in a listing.
func (s *Store) wouldHide(ss *command.Session, name string) (bool, error) {
	_, inner, _ := strings.Cut(name, "/")
	if !slices.ContainsFunc(strings.Split(inner, "/"), isDotName) {
		return false, nil
	}
	if _, err := s.listOption(ss); err != nil {
		return false, err
	}
	return !ss.Has(command.MLST) && s.hidden.Load() == mayHide, nil
}
