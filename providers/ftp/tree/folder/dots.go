package folder

import (
	"errors"
	"slices"
	"sync/atomic"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp/command"
	"github.com/vmxsync/vmxsync/providers/ftp/tree/shown"
	"github.com/vmxsync/vmxsync/providers/ftp/wire"
)

// What a server without MLSD shows of the names that begin with a dot.
const (
	notAsked int32 = iota
	shows          // LIST shows them
	showsAll       // LIST -a shows them
	mayHide        // nothing proves that it shows them
)

// dots is what has been found out of them; the zero value: nothing yet.
type dots struct{ found atomic.Int32 }

func (d *dots) mayBeHidden() bool { return d.found.Load() == mayHide }

// option is what a whole listing needs, and what the root has shown by it if it was
// listed to find out.
func (d *dots) option(ss *command.Session, root string) (option string, raw []byte, err error) {
	if ss.Has(command.MLST) {
		return "", nil, nil
	}
	var few, many []byte
	if d.found.Load() == notAsked {
		var found int32
		if found, few, many, err = visibility(ss, root); err != nil {
			return "", nil, err
		}
		d.found.Store(found)
	}
	if d.found.Load() == showsAll {
		return shown.All, many, nil
	}
	return "", few, nil
}

// visibility believes that -a was taken for an option, and not for a part of
// the path, only if it shows the directory itself and all that LIST shows.
func visibility(ss *command.Session, root string) (found int32, few, many []byte, err error) {
	fewNames, few, err := rootNames(ss, root, "")
	if err != nil {
		return notAsked, nil, nil, err
	}
	manyNames, many, err := rootNames(ss, root, shown.All)
	if err != nil {
		return notAsked, nil, nil, err
	}
	switch {
	case slices.Contains(manyNames, ".") && containsAll(manyNames, fewNames):
		found = showsAll
	case slices.ContainsFunc(fewNames, shown.IsDotName):
		found = shows
	default:
		found = mayHide
	}
	return found, few, many, nil
}

// rootNames are the names in a listing of the root, dots included, and the listing; none
// where the server refused or the listing cannot be used.
func rootNames(ss *command.Session, root, option string) (names []string, raw []byte, err error) {
	raw, err = ss.Listing(ss.Library, option, root)
	if _, answered := errors.AsType[*wire.Refusal](err); answered && !wire.Transient(err) || errors.Is(err, providers.ErrListing) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	entries, err := shown.Parse(ss, raw)
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
