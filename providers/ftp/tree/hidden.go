package tree

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

// All stands in front of the path where LIST hides what begins with a dot.
const All = "-a "

// ListOption is what a whole listing needs. To find out, the root is listed
// both ways once per store.
func (t *Tree) ListOption(ss *command.Session) (string, error) {
	option, _, err := t.findOption(ss)
	return option, err
}

// findOption is ListOption, and returns what the root has shown by it if it was listed
// to find out.
func (t *Tree) findOption(ss *command.Session) (option string, root []byte, err error) {
	if ss.Has(command.MLST) {
		return "", nil, nil
	}
	var few, many []byte
	if t.hidden.Load() == notAsked {
		var found int32
		if found, few, many, err = t.visibility(ss); err != nil {
			return "", nil, err
		}
		t.hidden.Store(found)
	}
	if t.hidden.Load() == showsAll {
		return All, many, nil
	}
	return "", few, nil
}

// visibility believes that -a was taken for an option, and not for a part of
// the path, only if it shows the directory itself and all that LIST shows.
func (t *Tree) visibility(ss *command.Session) (found int32, few, many []byte, err error) {
	fewNames, few, err := t.rootNames(ss, "")
	if err != nil {
		return notAsked, nil, nil, err
	}
	manyNames, many, err := t.rootNames(ss, All)
	if err != nil {
		return notAsked, nil, nil, err
	}
	switch {
	case slices.Contains(manyNames, ".") && containsAll(manyNames, fewNames):
		found = showsAll
	case slices.ContainsFunc(fewNames, isDotName):
		found = shows
	default:
		found = mayHide
	}
	return found, few, many, nil
}

// rootNames are the names in a listing of the root, dots included, and the listing; none
// where the server refused or the listing cannot be used.
func (t *Tree) rootNames(ss *command.Session, option string) (names []string, raw []byte, err error) {
	raw, err = ss.Listing(ss.Library, option, t.root)
	if _, answered := errors.AsType[*wire.Refusal](err); answered && !wire.Transient(err) || errors.Is(err, providers.ErrListing) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	entries, err := t.parse(ss, raw)
	if err != nil {
		return nil, nil, nil
	}
	for _, e := range entries {
		names = append(names, e.Path)
	}
	return names, raw, nil
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

// WouldHide reports whether a file at name, once stored, might be missing in every
// listing. The first element may begin with a dot: that is our own folder,
// which is addressed by its path and never looked for in a listing.
func (t *Tree) WouldHide(ss *command.Session, name string) (bool, error) {
	_, inner, _ := strings.Cut(name, "/")
	if !slices.ContainsFunc(strings.Split(inner, "/"), isDotName) {
		return false, nil
	}
	if _, err := t.ListOption(ss); err != nil {
		return false, err
	}
	return !ss.Has(command.MLST) && t.MayHideDots(), nil
}

// MayHideDots reports whether nothing proves that LIST shows names with a dot.
func (t *Tree) MayHideDots() bool { return t.hidden.Load() == mayHide }
