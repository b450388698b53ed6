package tree

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp/command"
	"github.com/vmxsync/vmxsync/providers/ftp/listing"
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

// ListSettled lists again what changed meanwhile. A listing that is the same
// once more was cut.
func (t *Tree) ListSettled(ss *command.Session, dir string) ([]providers.File, error) {
	return t.listSettled(ss, dir, nil)
}

// listSettled is ListSettled of a folder that STAT has shown; nil: it was not asked.
func (t *Tree) listSettled(ss *command.Session, dir string, shown *listed) (files []providers.File, err error) {
	var before []string
	for try := 1; ; try++ {
		files, err = t.list(ss, dir, shown)
		odd, doubted := errors.AsType[shifted](err)
		if !doubted || try == listings || try > 1 && slices.Equal(odd.first, before) || ss.Life.Err() != nil {
			return files, err
		}
		before, shown = odd.first, nil
	}
}

// List returns the entries of an absolute directory, with names for paths.
func (t *Tree) List(ss *command.Session, dir string) ([]providers.File, error) {
	return t.list(ss, dir, nil)
}

// list is List of a folder that STAT has shown; nil: it was not asked.
func (t *Tree) list(ss *command.Session, dir string, status *listed) ([]providers.File, error) {
	option, raw, err := t.findOption(ss)
	if err != nil {
		return nil, err
	}
	if raw == nil || dir != t.root {
		raw, err = ss.Listing(ss.Library, option, dir)
	}
	if wire.Answered(err) {
		return nil, whyNoListing(ss, dir, err)
	}
	if err != nil {
		return nil, err
	}
	entries, err := t.parse(ss, raw)
	if err != nil {
		return nil, t.part(ss, dir, err)
	}
	shown := newListed(entries)
	if err := t.proveComplete(ss, dir, option, shown); err != nil {
		return nil, err
	}
	files := shown.files
	if !provesDirectory(files, dir) {
		if err := ss.ProveDirectory(dir); err != nil {
			return nil, whyNoListing(ss, dir, err)
		}
	}
	t.Known.Add(dir)
	files, twice := distinct(files)
	if err := t.finish(ss, dir, files, status); err != nil || twice == nil {
		return files, err
	}
	return nil, twice
}

// finish distinguishes links from what they point to.
func (t *Tree) finish(ss *command.Session, dir string, files []providers.File, status *listed) error {
	if slices.ContainsFunc(files, isLink) {
		t.tellsLinks.Store(true)
	}
	return t.markLinks(ss, dir, files, status)
}

// part makes the entries of a listing that was not understood as a whole what
// those of others are, or gives none of them.
func (t *Tree) part(ss *command.Session, dir string, err error) error {
	if err := unlessNoDirectory(ss, dir, err); !errors.Is(err, providers.ErrListing) {
		return err
	}
	partial, ok := errors.AsType[*providers.PartialListing](err)
	if !ok {
		return err
	}
	files, twice := distinct(listing.WithoutDots(partial.Files))
	partial.Files = files
	if twice != nil {
		partial.Lines = append(partial.Lines, twice.Lines...)
	}
	if odd := t.finish(ss, dir, partial.Files, nil); odd != nil {
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

func (t *Tree) parse(ss *command.Session, raw []byte) ([]providers.File, error) {
	if ss.Has(command.MLST) {
		return listing.Parse(raw, listing.MLSD)
	}
	now := t.now()
	return listing.Parse(raw, func(line string) (providers.File, error) { return listing.LIST(line, now) })
}

// provesDirectory reports whether entries can only be those of a directory. Some
// servers send nothing and no error for one that is missing, and for a file
// a listing of the file.
func provesDirectory(files []providers.File, dir string) bool {
	switch len(files) {
	case 0:
		return false
	case 1:
		return !strings.HasSuffix(dir, "/"+files[0].Path)
	}
	return true
}

// tellsEmpty reads the words by which IIS refuses to list a folder without files.
// They are believed of a folder that was proven to be there.
func tellsEmpty(err error) bool {
	r, ok := errors.AsType[*wire.Refusal](err)
	return ok && (r.Code == 550 || r.Code == 450) && wire.Mentions(strings.ToLower(r.Text), "no files found", "no files in", "directory is empty", "directory empty", "folder is empty")
}

// whyNoListing tells a missing directory from one that cannot be listed, and is
// nil for one that is empty.
func whyNoListing(s *command.Session, dir string, no error) error {
	if wire.IsTrouble(no) || errors.Is(no, fs.ErrPermission) {
		return no
	}
	prove := proveFolder
	if tellsEmpty(no) {
		prove = (*command.Session).ProveDirectory
	}
	err := prove(s, dir)
	if err == nil && tellsEmpty(no) {
		return nil
	}
	if err == nil {
		return goneMeanwhile(no)
	}
	if !wire.RefusesPath(err) || errors.Is(err, fs.ErrNotExist) {
		return err
	}
	look := func() (providers.File, error) { return command.NoFolder(s, dir, err) }
	if command.Describes(s) {
		look = func() (providers.File, error) { return command.Entry(s, dir) }
	}
	f, err := look()
	switch {
	case err != nil:
		return err
	case f.Kind != providers.Dir:
		return errNotDir
	}
	return no
}

// proveFolder asks for a folder by MLST where the server has it: Pure-FTPd delays the
// answer to each CWD that it refuses by 100 ms more than the one before.
func proveFolder(s *command.Session, dir string) error {
	if !command.Describes(s) {
		return s.ProveDirectory(dir)
	}
	f, err := command.Facts(s, dir)
	switch {
	case errors.Is(err, command.ErrOddFacts):
		return s.ProveDirectory(dir)
	case err == nil && f.Kind != providers.Dir:
		return errNotDir
	}
	return err
}

// goneMeanwhile reads the refusal to list a folder that was proven to be there: goftp
// asks after each entry it has found, and gives up over one that was removed in
// between. Whoever is refused with the same words again has met something else.
func goneMeanwhile(no error) error {
	r, ok := errors.AsType[*wire.Refusal](no)
	if !ok || !wire.Mentions(strings.ToLower(r.Text), "no such file", "not found", "does not exist") {
		return no
	}
	return shifted{no, []string{r.Text}}
}

// unlessNoDirectory: some servers list a file, in lines of their own style.
func unlessNoDirectory(s *command.Session, dir string, listing error) error {
	if err := s.ProveDirectory(dir); wire.RefusesPath(err) {
		return whyNoListing(s, dir, err)
	}
	return listing
}

// distinct sorts entries by name. What is listed twice is none of both; then the
// others are a part.
func distinct(files []providers.File) ([]providers.File, *providers.PartialListing) {
	slices.SortFunc(files, func(a, b providers.File) int { return strings.Compare(a.Path, b.Path) })
	count := map[string]int{}
	for _, f := range files {
		count[f.Path]++
	}
	if len(count) == len(files) {
		return files, nil
	}
	once := slices.DeleteFunc(files, func(f providers.File) bool { return count[f.Path] > 1 })
	part := &providers.PartialListing{Files: once}
	for name, n := range count {
		if n > 1 {
			part.Lines = append(part.Lines, name)
		}
	}
	slices.Sort(part.Lines)
	part.Err = fmt.Errorf("%q is listed twice: %w", part.Lines[0], providers.ErrListing)
	return once, part
}
