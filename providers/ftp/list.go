package ftp

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/jlaffaye/ftp"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp/listing"
)

// mlst stands in FEAT for both MLST and MLSD.
const mlst = "MLST"

// List tells a missing directory from an empty one by CWD, and is an error
// where one line was not understood or the server cut the listing. Without
// MLSD, names that begin with a dot are listed if the server has a way to show
// them, and times are as the server's own zone writes them.
func (s *Store) List(ctx context.Context, dir string) ([]providers.File, error) {
	if err := s.check(dir); err != nil {
		return nil, s.fail("list", dir, err)
	}
	var files []providers.File
	err := s.do(ctx, func(ss *session) (err error) {
		files, err = s.listSettled(ss, s.absolute(dir))
		return err
	})
	if partial, ok := errors.AsType[*providers.PartialListing](err); ok {
		locate(dir, partial.Files)
	}
	if err != nil {
		return nil, s.fail("list", dir, err)
	}
	locate(dir, files)
	return files, nil
}

func locate(dir string, files []providers.File) {
	for i := range files {
		files[i].Path = below(dir, files[i].Path)
	}
}

// below does not clean: the name may be hostile, and stays what it is.
func below(dir, name string) string {
	if dir == "." {
		return name
	}
	return dir + "/" + name
}

// shifted are two listings of one directory that do not go together: one was
// cut, or the directory changed in between.
type shifted struct {
	error
	first []string // names in the first of the two, or the refusal to list one that is gone
}

func (e shifted) Unwrap() error { return e.error }

// listings is how often a directory is listed that seems to change meanwhile.
const listings = 5

// listSettled lists again what changed meanwhile. A listing that is the same
// once more was cut.
func (s *Store) listSettled(ss *session, dir string) (files []providers.File, err error) {
	var before []string
	for try := 1; ; try++ {
		files, err = s.list(ss, dir)
		odd, doubted := errors.AsType[shifted](err)
		if !doubted || try == listings || try > 1 && slices.Equal(odd.first, before) || ss.life.Err() != nil {
			return files, err
		}
		before = odd.first
	}
}

// list returns the entries of an absolute directory, with names for paths.
func (s *Store) list(ss *session, dir string) ([]providers.File, error) {
	option, err := s.listOption(ss)
	if err != nil {
		return nil, err
	}
	raw, err := ss.listing(ss.library, option, dir)
	if answered(err) {
		return nil, ss.whyNoListing(dir, err)
	}
	if err != nil {
		return nil, err
	}
	entries, err := s.parse(ss, raw)
	if err != nil {
		return nil, s.part(ss, dir, err)
	}
	shown := newListed(entries)
	if err := s.proveComplete(ss, dir, option, shown); err != nil {
		return nil, err
	}
	files := shown.files
	if !provesDirectory(files, dir) {
		if err := ss.proveDirectory(dir); err != nil {
			return nil, ss.whyNoListing(dir, err)
		}
	}
	s.known.Add(dir)
	files, twice := distinct(files)
	if err := s.finish(ss, dir, files); err != nil || twice == nil {
		return files, err
	}
	return nil, twice
}

// finish tells links from what they point to.
func (s *Store) finish(ss *session, dir string, files []providers.File) error {
	if slices.ContainsFunc(files, isLink) {
		s.tellsLinks.Store(true)
	}
	return s.markLinks(ss, dir, files)
}

// part makes the entries of a listing that was not understood as a whole what
// those of others are, or gives none of them.
func (s *Store) part(ss *session, dir string, err error) error {
	if err := ss.unlessNoDirectory(dir, err); !errors.Is(err, providers.ErrListing) {
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
	if odd := s.finish(ss, dir, partial.Files); odd != nil {
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

func (s *Store) parse(ss *session, raw []byte) ([]providers.File, error) {
	if ss.has(mlst) {
		return listing.Parse(raw, listing.MLSD)
	}
	now := s.now()
	return listing.Parse(raw, func(line string) (providers.File, error) { return listing.LIST(line, now) })
}

// listing has one directory listed by the library and returns what the server
// sent, because the library drops what it does not understand.
func (s *session) listing(by *ftp.ServerConn, option, dir string) ([]byte, error) {
	return s.listFolder(dir, s.verbOf(by), func(argument string) error {
		_, err := by.List(strings.TrimSuffix(option+argument, " "))
		return err
	})
}

// collect returns what the server sends on the data connection of a call of
// the library.
func (s *session) collect(call func() error) ([]byte, error) {
	var raw bytes.Buffer
	s.copyTo = &raw
	defer func() { s.copyTo = nil }()
	if err := s.transferred(call()); err != nil {
		return nil, err
	}
	if final := s.control.finalReply(); strings.Contains(strings.ToLower(final), "truncated") {
		return nil, providers.WithHint(fmt.Errorf("server replied %q: %w", redact(final, s.dialer.password), providers.ErrListing), limitHint)
	}
	if n := raw.Len(); n > 0 && raw.Bytes()[n-1] != '\n' {
		return nil, fmt.Errorf("ended in the middle of a line: %w", providers.ErrListing)
	}
	return s.dialer.charset.decode(raw.Bytes())
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
	r, ok := errors.AsType[*refusal](err)
	return ok && (r.code == 550 || r.code == 450) && mentions(strings.ToLower(r.text), "no files found", "no files in", "directory is empty", "directory empty", "folder is empty")
}

// whyNoListing tells a missing directory from one that cannot be listed, and is
// nil for one that is empty.
func (s *session) whyNoListing(dir string, no error) error {
	if isTrouble(no) || errors.Is(no, fs.ErrPermission) {
		return no
	}
	err := s.proveDirectory(dir)
	if err == nil && tellsEmpty(no) {
		return nil
	}
	if err == nil {
		return goneMeanwhile(no)
	}
	if !refusesPath(err) {
		return err
	}
	f, err := s.ask(dir)
	switch {
	case err != nil:
		return err
	case f.Kind != providers.Dir:
		return errNotDir
	}
	return no
}

// goneMeanwhile reads the refusal to list a folder that was proven to be there: goftp
// asks after each entry it has found, and gives up over one that was removed in
// between. Whoever is refused with the same words again has met something else.
func goneMeanwhile(no error) error {
	r, ok := errors.AsType[*refusal](no)
	if !ok || !mentions(strings.ToLower(r.text), "no such file", "not found", "does not exist") {
		return no
	}
	return shifted{no, []string{r.text}}
}

// unlessNoDirectory: some servers list a file, in lines of their own style.
func (s *session) unlessNoDirectory(dir string, listing error) error {
	if err := s.proveDirectory(dir); refusesPath(err) {
		return s.whyNoListing(dir, err)
	}
	return listing
}

// proveDirectory enters a directory and leaves it again: some servers do not
// rename or remove one that a session is in.
func (s *session) proveDirectory(dir string) error {
	if err := s.changeTo(dir); err != nil {
		return err
	}
	return s.stepOut()
}

// stepOut enters the root of the account, where there is one.
func (s *session) stepOut() error {
	err := s.anyPositive(s.library.ChangeDir("/"))
	if err != nil && !refusesPath(err) {
		return err
	}
	s.away = s.away && err != nil
	return nil
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
