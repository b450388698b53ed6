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
	if ss.Has(command.MLST) {
		return "", nil
	}
	if t.hidden.Load() == notAsked {
		found, err := t.visibility(ss)
		if err != nil {
			return "", err
		}
		t.hidden.Store(found)
	}
	if t.hidden.Load() == showsAll {
		return All, nil
	}
	return "", nil
}

// visibility believes that -a was taken for an option, and not for a part of
// the path, only if it shows the directory itself and all that LIST shows.
func (t *Tree) visibility(ss *command.Session) (int32, error) {
	few, err := t.rootNames(ss, "")
	if err != nil {
		return notAsked, err
	}
	many, err := t.rootNames(ss, All)
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
func (t *Tree) rootNames(ss *command.Session, option string) ([]string, error) {
	raw, err := ss.Listing(ss.Library, option, t.root)
	if _, answered := errors.AsType[*wire.Refusal](err); answered && !wire.Transient(err) || errors.Is(err, providers.ErrListing) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	entries, err := t.parse(ss, raw)
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
