package ftp

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"time"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp/listing"
	"github.com/vmxsync/vmxsync/providers/retry"
)

// Stat asks by MLST, in which ProFTPD and pyftpdlib follow links: only List
// shows them there. Without MLST, the listing of the parent tells what the
// entry is, and SIZE and CWD have to agree where it reports none: a name may
// be hidden, or come back in another spelling.
func (s *Store) Stat(ctx context.Context, name string) (providers.File, error) {
	if err := s.check(name); err != nil {
		return providers.File{}, s.fail("stat", name, err)
	}
	var f providers.File
	err := s.do(ctx, func(ss *session) (err error) {
		f, err = s.stat(ss, s.absolute(name))
		return err
	})
	if err != nil {
		return providers.File{}, s.fail("stat", name, err)
	}
	f.Path = name
	return f, nil
}

func (s *Store) stat(ss *session, name string) (providers.File, error) {
	switch {
	case name == s.root:
		f, err := ss.askRoot(name)
		return f, rootless(err)
	case ss.describes():
		f, err := ss.askFacts(name)
		if !errors.Is(err, errOddFacts) {
			return f, err
		}
	}
	return s.look(ss, name)
}

// look finds an entry in the listing of its parent. Where that cannot be
// listed, only a positive answer to CWD or SIZE is believed.
func (s *Store) look(ss *session, name string) (providers.File, error) {
	files, err := s.list(ss, path.Dir(name))
	switch {
	case err == nil:
	case errors.Is(err, errNotDir):
		return providers.File{}, &absent{err}
	case !errors.Is(err, providers.ErrListing) && !errors.Is(err, fs.ErrPermission):
		return providers.File{}, err
	}
	partial, isPart := errors.AsType[*providers.PartialListing](err)
	if isPart {
		files = partial.Files
	}
	for _, f := range files {
		if f.Path == path.Base(name) {
			return ss.exactTime(name, f)
		}
	}
	f, asked := ss.ask(name)
	if errors.Is(asked, fs.ErrNotExist) && err != nil && !(isPart && !partial.MayHide(path.Base(name))) {
		return f, err
	}
	return f, asked
}

// askRoot proves the root by CWD.
func (s *session) askRoot(name string) (providers.File, error) {
	return providers.File{Kind: providers.Dir}, missing(s.proveDirectory(name))
}

// rootless names the root as what is missing.
func rootless(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: %w", errNoRoot, err)
	}
	return err
}

// missing takes a refusal about a path for its absence, unless it talks of
// permission.
func missing(err error) error {
	if refusesPath(err) && !errors.Is(err, fs.ErrPermission) {
		return &absent{err}
	}
	return err
}

// absent is the refusal that told that a path is missing.
type absent struct{ err error }

func (a *absent) Error() string   { return a.err.Error() }
func (a *absent) Unwrap() []error { return []error{fs.ErrNotExist, a.err} }

// ask tells what is at a path, and takes a link for what it points to where
// the server has no MLST. CWD comes first: some servers have a SIZE for
// directories.
func (s *session) ask(name string) (providers.File, error) {
	if s.describes() {
		f, err := s.askFacts(name)
		if !errors.Is(err, errOddFacts) {
			return f, err
		}
	}
	f, err := s.askRoot(name)
	if !refusesPath(err) {
		return f, err
	}
	size, noSize := s.size(name)
	switch {
	case noNumberIn(noSize):
		return s.exactTime(name, providers.File{Kind: providers.Regular})
	case refusesPath(noSize) || unknownCommand(noSize):
		return f, err
	case noSize != nil:
		return f, noSize
	}
	return s.exactTime(name, providers.File{Kind: providers.Regular, Size: size})
}

// errOddFacts: the reply to MLST holds no entry. It never does on such a server.
var errOddFacts = errors.New("invalid reply to MLST")

// describes reports whether MLST can be asked: the server offers it, and its replies
// have been understood so far.
func (s *session) describes() bool { return s.has(mlst) && !s.dialer.oddFacts.Load() }

// askFacts takes the first line that reads as an entry, wherever it stands: some
// servers begin with an empty one, or put the entry into the first.
func (s *session) askFacts(name string) (providers.File, error) {
	reply, err := s.sayAt(250, "MLST", name)
	if err != nil {
		return providers.File{}, missing(err)
	}
	for line := range strings.SplitSeq(reply, "\n") {
		if f, _, err := listing.Facts(strings.TrimLeft(line, " ")); err == nil {
			return f, nil
		}
	}
	if !s.dialer.oddFacts.Swap(true) {
		s.dialer.tell(fmt.Sprintf("vmxsync cannot parse the server's reply to MLST and uses listings, CWD and SIZE instead: %s",
			providers.Excerpt(redact(reply, s.dialer.password))))
	}
	return providers.File{}, errOddFacts
}

// unexpected ends a session whose server does not keep to the protocol.
func (s *session) unexpected(reply string) error {
	s.broken = true
	return &retry.Lost{Err: errors.New("reply cannot be parsed: " + providers.Excerpt(redact(reply, s.dialer.password)))}
}

// size is exact in bytes, because sessions are in binary mode. It follows
// links.
func (s *session) size(name string) (int64, error) {
	reply, err := s.sayAt(213, "SIZE", name)
	if err != nil {
		return 0, err
	}
	n, err := listing.Size(strings.TrimSpace(reply))
	if err != nil {
		return 0, &refusal{code: noNumber, text: strings.TrimSpace(redact(reply, s.dialer.password))}
	}
	return n, nil
}

// exactTime replaces the time of a regular file by that of MDTM, if there is
// one.
func (s *session) exactTime(name string, f providers.File) (providers.File, error) {
	if f.Kind != providers.Regular || !s.has("MDTM") {
		return f, nil
	}
	reply, err := s.sayAt(213, "MDTM", name)
	if _, refused := errors.AsType[*refusal](err); refused {
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
