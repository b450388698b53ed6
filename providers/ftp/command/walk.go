package command

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp/wire"
)

// A path that is too long for a line is walked: its folders are entered by CWD,
// as many at a time as fit into a line. The command itself then has a relative
// argument, which means something else in another folder. So each walk begins at
// the root, by its absolute path, and PWD proves its end just before the command:
// that nobody has renamed the folder since, or put a link in its place, and that
// the server has gone where it says. No command relies on an earlier walk.

// walk makes dir the current folder of the session, and proves it.
func (s *Session) walk(dir string) error {
	below, ok := belowRoot(s.Dialer.Settings.RootDir(), dir)
	if !ok {
		return TooLong(len(dir), "")
	}
	steps, err := pieces(s, below)
	if err != nil {
		return err
	}
	start, err := s.walkToRoot(len(dir))
	if err != nil {
		return err
	}
	for _, step := range steps {
		if err := s.AnyPositive(s.Library.ChangeDir(step)); err != nil {
			return err
		}
	}
	return proveStanding(s, strings.TrimSuffix(start+"/"+below, "/"))
}

// belowRoot is the path from root to dir; "": they are the same.
func belowRoot(root, dir string) (below string, ok bool) {
	if dir == root {
		return "", true
	}
	return strings.CutPrefix(dir, strings.TrimSuffix(root, "/")+"/")
}

// walkToRoot enters the root, and returns what PWD calls it, without a slash at
// its end: some servers show what is above the folder that they keep a user in,
// and root may be a link. A server whose PWD is of no use cannot prove a walk of
// n bytes, or any other.
func (s *Session) walkToRoot(n int) (start string, err error) {
	root := s.Dialer.Settings.RootDir()
	whole, err := s.ReadsUncut(root)
	switch {
	case err != nil:
		return "", err
	case !whole:
		return "", TooLong(len(root), "")
	}
	s.away = true
	if err := s.AnyPositive(s.Library.ChangeDir(root)); err != nil || s.rootNamed {
		return s.rootName, err
	}
	reply, err := s.Say(257, "PWD")
	if err != nil && (!wire.Answered(err) || wire.Transient(err)) {
		return "", err
	}
	name, ok := quotedPath(reply)
	if err != nil || !ok || !strings.HasPrefix(name, "/") {
		s.Server.Lines.pathsEndHere()
		return "", TooLong(n, ", and PWD does not show which folder was entered")
	}
	s.rootName, s.rootNamed = strings.TrimSuffix(name, "/"), true
	return s.rootName, nil
}

// proveStanding asks where the session is.
func proveStanding(s *Session, where string) error {
	where = cmp.Or(where, "/")
	reply, err := s.Say(257, "PWD")
	switch {
	case err == nil && names(reply, where):
		return nil
	case err != nil && (!wire.Answered(err) || wire.Transient(err)):
		return err
	}
	s.Broken = true
	if err == nil {
		err = fmt.Errorf("the server replied %q", providers.Excerpt(s.Dialer.Redact(reply)))
	}
	return providers.WithHint(&elsewhere{len(where), err}, elsewhereHint)
}

// names reports whether a reply to PWD names exactly this folder, with a slash at
// its end or none, and with each quote in it doubled (RFC 959, appendix II) or as
// it is: inetutils, goftp and ftp-srv double none.
func names(reply, where string) bool {
	_, rest, _ := strings.Cut(reply, `"`)
	for _, quoted := range []string{where, strings.ReplaceAll(where, `"`, `""`)} {
		after, ok := strings.CutPrefix(rest, quoted)
		after, ended := strings.CutPrefix(strings.TrimPrefix(after, "/"), `"`)
		if ok && ended && !strings.Contains(after, `"`) {
			return true
		}
	}
	return false
}

// elsewhere: a walk did not end in the folder that it was for.
type elsewhere struct {
	n   int // bytes of the path of that folder
	err error
}

const elsewhereHint = "Check that no folder in the path is a link on the server, and that nobody renames one while vmxsync runs; " +
	"or rename the folder at the source to a shorter name."

func (e *elsewhere) Error() string {
	return fmt.Sprintf("path of %d bytes: its folder was entered, and PWD does not confirm it: %v", e.n, e.err)
}

// Unwrap makes it nobody's word on what is there.
func (e *elsewhere) Unwrap() error { return providers.ErrListing }

// pieces cuts a relative path into arguments that fit into a line. Each begins
// with "./": a server may drop the blank that a name begins with, or see an
// option or a home folder in the begin of it.
func pieces(s *Session, below string) ([]string, error) {
	if below == "" {
		return nil, nil
	}
	longest := s.Server.Lines.sure()
	var pieces []string
	for name := range strings.SplitSeq(below, "/") {
		last := len(pieces) - 1
		if last >= 0 {
			n, err := sentBytes(s, pieces[last]+"/"+name)
			if err != nil {
				return nil, err
			}
			if n <= longest {
				pieces[last] += "/" + name
				continue
			}
		}
		n, err := sentBytes(s, "./"+name)
		switch {
		case err != nil:
			return nil, err
		case n > longest:
			return nil, TooLong(n, "")
		}
		pieces = append(pieces, "./"+name)
	}
	return pieces, nil
}

// GoHome goes back to the root at the end of a call with that result: some servers
// do not rename or remove a folder that a session is in. A session that cannot is
// not used again, and where it was lost, that something is missing is not believed:
// as in settle.
func (s *Session) GoHome(result error) error {
	if !s.away || s.Broken || s.Life.Err() != nil {
		return result
	}
	err := s.AnyPositive(s.Library.ChangeDir(s.Dialer.Settings.RootDir()))
	s.away, s.Broken = err != nil, err != nil
	if wire.IsLost(err) && errors.Is(result, fs.ErrNotExist) {
		return err
	}
	return result
}
