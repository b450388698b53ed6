package command

import (
	"bytes"
	"fmt"
	"path"
	"strings"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp/wire"
)

// Many servers hand the argument of a listing to a shell or to ls:
// inetutils-ftpd shows the folder web1 for web[1], and splits a name at its
// blanks; Synology shows nothing. CWD takes its argument as it is, so such a
// folder is entered and listed without an argument.

// patterns are the characters that stand for something else in a pattern. A tilde
// does so only at the begin of a name: in the names of staged sets it is itself.
const patterns = "[]*?{}\\"

func isPattern(dir string) bool {
	return strings.ContainsAny(dir, patterns) || strings.HasPrefix(dir, "~") || strings.Contains(dir, "/~")
}

// Whether LIST and NLST take a path with blanks for one.
const (
	blanksUnknown int32 = iota
	blanksLiteral
	blanksSplit
)

// mustEnter: MLSD has a syntax of its own and splits nowhere, but some servers
// look for patterns there as well.
func mustEnter(s *Session, dir, verb string) bool {
	return isPattern(dir) ||
		verb != "MLSD" && strings.Contains(dir, " ") && s.Server.blanks.Load() != blanksLiteral
}

// ListFolder returns what the server sends for a folder, and proves first that it is
// of that folder where its path is more than a plain name. list is called with
// the argument of the command.
func (s *Session) ListFolder(dir, verb string, list func(argument string) error) ([]byte, error) {
	whole, err := s.ReadsUncut(dir)
	switch {
	case err != nil:
		return nil, err
	case whole && !mustEnter(s, dir, verb):
		return s.collect(func() error { return list(dir) })
	}
	raw, err := s.showFromInside(dir, list)
	if err == nil && whole && len(raw) > 0 && !isPattern(dir) && s.Server.blanks.Load() == blanksUnknown {
		compareBlanks(s, raw, func() error { return list(dir) })
	}
	return raw, err
}

func (s *Session) showFromInside(dir string, list func(argument string) error) ([]byte, error) {
	if err := s.enter(dir); err != nil {
		return nil, err
	}
	raw, err := s.collect(func() error { return list("") })
	if s.Broken {
		return raw, err
	}
	if left := s.stepOut(); left != nil {
		return nil, left
	}
	return raw, err
}

// compareBlanks finds out, once for a store, whether the server lists the same
// for a path with blanks. A part of the path can not have the same entries: ls
// also names what it was given.
func compareBlanks(s *Session, inside []byte, list func() error) {
	found := blanksSplit
	if named, err := s.collect(list); err == nil && bytes.Equal(named, inside) {
		found = blanksLiteral
	}
	s.Server.blanks.CompareAndSwap(blanksUnknown, found)
}

// enter makes dir the current folder. Where the server says what that is now,
// it has to be dir: below the root, above which there may be links.
func (s *Session) enter(dir string) error {
	whole, err := s.ReadsUncut(dir)
	switch {
	case err != nil:
		return err
	case !whole:
		return s.walk(dir)
	}
	if err := s.AnyPositive(s.Library.ChangeDir(dir)); err != nil {
		return err
	}
	reply, err := s.Say(257, "PWD")
	if wire.Answered(err) && !wire.Transient(err) {
		return nil
	}
	if err != nil {
		return err
	}
	where, ok := quotedPath(reply)
	if root := s.Dialer.Settings.RootDir(); !strings.ContainsAny(root, patterns) {
		dir = "/" + strings.TrimPrefix(strings.TrimPrefix(dir, root), "/")
	}
	if ok && !strings.HasSuffix(strings.ToLower(path.Join("/", where)), strings.ToLower(dir)) && !quotesAsIs(reply, dir) {
		return fmt.Errorf("the server entered %q instead: %w", where, providers.ErrListing)
	}
	return nil
}

// quotesAsIs reports whether the reply to PWD ends the path dir with a quote, and
// doubles none that is in it: inetutils, goftp and ftp-srv write it so.
func quotesAsIs(reply, dir string) bool {
	return strings.Contains(dir, `"`) && strings.Contains(strings.ToLower(reply), strings.ToLower(dir)+`"`)
}

// quotedPath reads the reply to PWD (RFC 959, appendix II): a quote in the path
// is doubled.
func quotedPath(reply string) (string, bool) {
	_, rest, ok := strings.Cut(reply, `"`)
	if !ok {
		return "", false
	}
	var b strings.Builder
	for {
		before, after, ended := strings.Cut(rest, `"`)
		b.WriteString(before)
		if !ended {
			return "", false
		}
		if !strings.HasPrefix(after, `"`) {
			return b.String(), true
		}
		b.WriteByte('"')
		rest = after[1:]
	}
}
