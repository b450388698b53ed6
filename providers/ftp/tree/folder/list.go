package folder

import (
	"cmp"
	"errors"
	"slices"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp/command"
	"github.com/vmxsync/vmxsync/providers/ftp/listing"
	"github.com/vmxsync/vmxsync/providers/ftp/tree/shown"
	"github.com/vmxsync/vmxsync/providers/ftp/wire"
)

// shifted are two listings of one directory that do not go together: one was
// cut, or the directory changed in between.
type shifted struct {
	error
	first []string // names in the first of the two, or the refusal to list one that is gone
}

func (e shifted) Unwrap() error { return e.error }

// listings is how often a directory is listed that seems to change meanwhile.
const listings = 5

// Settled is List, and lists again what changed meanwhile. A listing that is the same
// once more was cut.
func (l *Lister) Settled(ss *command.Session, dir string) ([]providers.File, error) {
	return l.SettledAfter(ss, dir, nil)
}

// SettledAfter is Settled of a folder that STAT has shown; nil: it was not asked.
func (l *Lister) SettledAfter(ss *command.Session, dir string, status *shown.Folder) (files []providers.File, err error) {
	var before []string
	for try := 1; ; try++ {
		files, err = l.list(ss, dir, status)
		odd, doubted := errors.AsType[shifted](err)
		if !doubted || try == listings || try > 1 && slices.Equal(odd.first, before) || ss.Life.Err() != nil {
			return files, err
		}
		before, status = odd.first, nil
	}
}

// List returns the entries of an absolute directory, with names for paths.
func (l *Lister) List(ss *command.Session, dir string) ([]providers.File, error) {
	return l.list(ss, dir, nil)
}

// list is List of a folder that STAT has shown; nil: it was not asked.
func (l *Lister) list(ss *command.Session, dir string, status *shown.Folder) ([]providers.File, error) {
	option, raw, err := l.dots.option(ss, l.root)
	if err != nil {
		return nil, err
	}
	if raw == nil || dir != l.root {
		raw, err = ss.Listing(ss.Library, option, dir)
	}
	if wire.Answered(err) {
		return nil, whyNoListing(ss, dir, err)
	}
	if err != nil {
		return nil, err
	}
	entries, err := shown.Parse(ss, raw)
	if err != nil {
		return nil, l.part(ss, dir, err)
	}
	first := shown.New(entries)
	if err := proveComplete(ss, dir, option, first); err != nil {
		return nil, err
	}
	files := first.Files
	if !shown.ProvesDirectory(files, dir) {
		if err := ss.ProveDirectory(dir); err != nil {
			return nil, whyNotEntered(ss, dir, err)
		}
	}
	l.known.Add(dir)
	files, twice := shown.Distinct(files)
	if err := l.finish(ss, dir, files, status); err != nil || twice == nil {
		return files, err
	}
	return nil, twice
}

// finish distinguishes links from what they point to.
func (l *Lister) finish(ss *command.Session, dir string, files []providers.File, status *shown.Folder) error {
	if slices.ContainsFunc(files, isLink) {
		l.tellsLinks.Store(true)
	}
	if l.tellsLinks.Load() {
		return nil
	}
	return markLinks(ss, dir, files, status)
}

// part makes the entries of a listing that was not understood as a whole what
// those of others are, or gives none of them.
func (l *Lister) part(ss *command.Session, dir string, err error) error {
	if err := unlessNoDirectory(ss, dir, err); !errors.Is(err, providers.ErrListing) {
		return err
	}
	partial, ok := errors.AsType[*providers.PartialListing](err)
	if !ok {
		return err
	}
	files, twice := shown.Distinct(listing.WithoutDots(partial.Files))
	partial.Files = files
	if twice != nil {
		partial.Lines = append(partial.Lines, twice.Lines...)
	}
	if odd := l.finish(ss, dir, partial.Files, nil); odd != nil {
		return cmp.Or(lossOf(odd), partial.Err)
	}
	return partial
}

// lossOf is err where it is no judgement on a listing.
func lossOf(err error) error {
	if errors.Is(err, providers.ErrListing) {
		return nil
	}
	return err
}
