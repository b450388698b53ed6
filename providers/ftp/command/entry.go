package command

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp/listing"
	"github.com/vmxsync/vmxsync/providers/ftp/wire"
)

// Folder proves a folder by CWD.
func Folder(s *Session, name string) (providers.File, error) {
	return providers.File{Kind: providers.Dir}, missing(s.ProveDirectory(name))
}

// missing takes a refusal about a path for its absence, unless it talks of
// permission.
func missing(err error) error {
	if wire.RefusesPath(err) && !errors.Is(err, fs.ErrPermission) {
		return &Absent{Err: err}
	}
	return err
}

// Absent is the refusal that told that a path is missing.
type Absent struct{ Err error }

func (a *Absent) Error() string   { return a.Err.Error() }
func (a *Absent) Unwrap() []error { return []error{fs.ErrNotExist, a.Err} }

// Entry tells what is at a path, and takes a link for what it points to where
// the server has no MLST. CWD comes first: some servers have a SIZE for
// directories.
func Entry(s *Session, name string) (providers.File, error) {
	if Describes(s) {
		f, err := Facts(s, name)
		if !errors.Is(err, ErrOddFacts) {
			return f, err
		}
	}
	f, err := Folder(s, name)
	if !wire.RefusesPath(err) {
		return f, err
	}
	return NoFolder(s, name, err)
}

// NoFolder is what is at a path that CWD has just refused: a file, by its SIZE.
func NoFolder(s *Session, name string, refusal error) (providers.File, error) {
	f, err := providers.File{Kind: providers.Dir}, missing(refusal)
	size, noSize := Size(s, name)
	switch {
	case wire.NoNumberIn(noSize):
		return ExactTime(s, name, providers.File{Kind: providers.Regular})
	case wire.RefusesPath(noSize) || wire.UnknownCommand(noSize):
		return f, err
	case noSize != nil:
		return f, noSize
	}
	return ExactTime(s, name, providers.File{Kind: providers.Regular, Size: size})
}

// ErrOddFacts: the reply to MLST holds no entry. It never does on such a server.
var ErrOddFacts = errors.New("invalid reply to MLST")

// Describes reports whether MLST can be asked: the server offers it, and its replies
// have been understood so far.
func Describes(s *Session) bool { return s.Has(MLST) && !s.Server.oddFacts.Load() }

// Facts takes the first line that reads as an entry, wherever it stands: some
// servers begin with an empty one, or put the entry into the first.
func Facts(s *Session, name string) (providers.File, error) {
	reply, err := s.SayAt(250, "MLST", name)
	if err != nil {
		return providers.File{}, missing(err)
	}
	for line := range strings.SplitSeq(reply, "\n") {
		if f, _, err := listing.Facts(strings.TrimLeft(line, " ")); err == nil {
			return f, nil
		}
	}
	if !s.Server.oddFacts.Swap(true) {
		s.Dialer.Tell(fmt.Sprintf("vmxsync cannot parse the server's reply to MLST and uses listings, CWD and SIZE instead: %s",
			providers.Excerpt(s.Dialer.Redact(reply))))
	}
	return providers.File{}, ErrOddFacts
}

// Size is exact in bytes, because sessions are in binary mode. It follows
// links.
func Size(s *Session, name string) (int64, error) {
	reply, err := s.SayAt(213, "SIZE", name)
	if err != nil {
		return 0, err
	}
	n, err := listing.Size(strings.TrimSpace(reply))
	if err != nil {
		return 0, &wire.Refusal{Code: wire.NoNumber, Text: strings.TrimSpace(s.Dialer.Redact(reply))}
	}
	return n, nil
}

// ExactTime replaces the time of a regular file by that of MDTM, if there is
// one.
func ExactTime(s *Session, name string, f providers.File) (providers.File, error) {
	if f.Kind != providers.Regular || !s.Has("MDTM") {
		return f, nil
	}
	reply, err := s.SayAt(213, "MDTM", name)
	if _, refused := errors.AsType[*wire.Refusal](err); refused {
		return f, nil
	}
	if err != nil {
		return f, err
	}
	if t, err := time.Parse(listing.TimeFormat, strings.TrimSpace(reply)); err == nil {
		f.ModTime = t.Truncate(time.Second)
	}
	return f, nil
}
