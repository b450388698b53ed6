package folder

import (
	"errors"
	"io/fs"
	"strings"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp/command"
	"github.com/vmxsync/vmxsync/providers/ftp/wire"
)

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
	prove := Prove
	if tellsEmpty(no) {
		prove = (*command.Session).ProveDirectory
	}
	err := prove(s, dir)
	switch {
	case err == nil && tellsEmpty(no):
		return nil
	case err == nil:
		return goneMeanwhile(no)
	}
	return whyNoFolder(s, dir, no, err)
}

// whyNotEntered is whyNoListing of what CWD has just refused.
func whyNotEntered(s *command.Session, dir string, no error) error {
	if command.Describes(s) || wire.IsTrouble(no) || errors.Is(no, fs.ErrPermission) || tellsEmpty(no) {
		return whyNoListing(s, dir, no)
	}
	return whyNoFolder(s, dir, no, no)
}

// whyNoFolder is whyNoListing of what was refused with err as a folder.
func whyNoFolder(s *command.Session, dir string, no, err error) error {
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
		return ErrNotDir
	}
	return no
}

// Prove asks for a folder by MLST where the server has it: Pure-FTPd delays the
// answer to each CWD that it refuses by 100 ms more than the one before.
func Prove(s *command.Session, dir string) error {
	if !command.Describes(s) {
		return s.ProveDirectory(dir)
	}
	f, err := command.Facts(s, dir)
	switch {
	case errors.Is(err, command.ErrOddFacts):
		return s.ProveDirectory(dir)
	case err == nil && f.Kind != providers.Dir:
		return ErrNotDir
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
		return whyNotEntered(s, dir, err)
	}
	return listing
}
