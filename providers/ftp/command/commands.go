package command

import (
	"io"
	"path"
	"strings"

	"github.com/jlaffaye/ftp"
)

// The commands that have a path for their argument: all of them are sent from
// here or, where they list or enter a folder, from enter.go and walk.go. So
// none is longer than the server is known to read.

// at calls f with the argument that a command is to have for the absolute path
// name: name itself or, where its line would be too long, its last element,
// after the folder above it was entered and proven. The argument is good for one
// command: nothing else may be sent before it.
func (s *Session) at(name string, f func(argument string) error) error {
	whole, err := s.ReadsUncut(name)
	switch {
	case err != nil:
		return err
	case whole:
		return f(name)
	}
	last, err := pieces(s, path.Base(name))
	if err != nil {
		return err
	}
	if err := s.walk(path.Dir(name)); err != nil {
		return err
	}
	return f(last[0])
}

// SayAt is Say for a command with nothing but a path.
func (s *Session) SayAt(expect int, verb, name string) (reply string, err error) {
	err = s.at(name, func(argument string) (err error) {
		reply, err = s.Say(expect, "%s %s", verb, argument)
		return err
	})
	return reply, err
}

// changeTo makes dir the current folder of the session.
func (s *Session) changeTo(dir string) error {
	whole, err := s.ReadsUncut(dir)
	switch {
	case err != nil:
		return err
	case whole:
		return s.AnyPositive(s.Library.ChangeDir(dir))
	}
	return s.walk(dir)
}

// MakeFolder sends MKD.
func (s *Session) MakeFolder(dir string) error {
	return s.at(dir, func(argument string) error { return s.AnyPositive(s.Library.MakeDir(argument)) })
}

// DeleteFile sends DELE.
func (s *Session) DeleteFile(name string) error { return s.Remove(s.Library.Delete, name, func() {}) }

// Remove calls sending just before the command is sent.
func (s *Session) Remove(command func(argument string) error, name string, sending func()) error {
	return s.at(name, func(argument string) error {
		sending()
		return s.AnyPositive(command(argument))
	})
}

// Store sends r. sent is called when the server has been asked to take it, with
// what became of that, and before its error is judged.
func (s *Session) Store(name string, r io.Reader, offset int64, sent func()) error {
	return s.at(name, func(argument string) error {
		err := s.Library.StorFrom(argument, r, uint64(offset))
		sent()
		return s.Transferred(err)
	})
}

// Fetch begins a download.
func (s *Session) Fetch(name string, offset int64) (r *ftp.Response, err error) {
	err = s.at(name, func(argument string) (err error) {
		r, err = s.Library.RetrFrom(argument, uint64(offset))
		return s.Fault(err)
	})
	return r, err
}

// Rename stands in the folder of the path that is too long for a line or, where
// both are, in the deepest one above them: between RNFR and RNTO no folder can be
// entered.
func (s *Session) Rename(from, to string) error {
	dir := commonFolder(from, to)
	short, err := s.ReadsUncut(from)
	if err != nil {
		return err
	}
	shortTo, err := s.ReadsUncut(to)
	switch {
	case err != nil:
		return err
	case short && shortTo:
		return s.Fault(s.Library.Rename(from, to))
	case short:
		dir = path.Dir(to)
	case shortTo:
		dir = path.Dir(from)
	}
	from, err = fromInside(s, dir, from, short)
	if err != nil {
		return err
	}
	to, err = fromInside(s, dir, to, shortTo)
	if err != nil {
		return err
	}
	if err := s.walk(dir); err != nil {
		return err
	}
	return s.Fault(s.Library.Rename(from, to))
}

// fromInside is the argument for a path of which a session stands in dir: a short
// one stays as it is.
func fromInside(s *Session, dir, name string, short bool) (string, error) {
	if short {
		return name, nil
	}
	pieces, err := pieces(s, strings.TrimPrefix(strings.TrimPrefix(name, dir), "/"))
	if err == nil && len(pieces) != 1 {
		err = TooLong(len(name), ", and a rename cannot be sent in parts")
	}
	if err != nil {
		return "", err
	}
	return pieces[0], nil
}

// commonFolder is the deepest folder above two absolute paths.
func commonFolder(a, b string) string {
	for dir := path.Dir(a); ; dir = path.Dir(dir) {
		if dir == "/" || strings.HasPrefix(b, dir+"/") {
			return dir
		}
	}
}
