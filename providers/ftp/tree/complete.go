package tree

import (
	"errors"
	"fmt"
	"path"
	"slices"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp/command"
	"github.com/vmxsync/vmxsync/providers/ftp/listing"
	"github.com/vmxsync/vmxsync/providers/ftp/wire"
)

// A server may end a listing after so many lines and say nothing. Then the
// number of lines is round, which ordinary folders seldom are.

const roundHint = command.LimitHint + " If it has no limit, add one file or folder to that folder, or delete one."

// listed is a directory as one command showed it.
type listed struct {
	files   []providers.File
	entries int    // with the directory itself and its parent, where they are shown
	bytes   int    // of a reply to STAT
	end     string // the text of its last line
}

func newListed(entries []providers.File) listed {
	return listed{files: listing.WithoutDots(entries), entries: len(entries)}
}

// isRound reports whether a server may have stopped there: Pure-FTPd does after
// 10,000 lines, the directory itself and its parent included.
func (l listed) isRound() bool { return isRound(l.entries) || isRound(len(l.files)) }

func isRound(n int) bool {
	return n >= 1000 && n%1000 == 0 || n >= 1024 && n&(n-1) == 0
}

// proveComplete has a round listing repeated in a way that needs another number of
// lines for the same names: with or without the directory itself and its
// parent, or names that begin with a dot. What stops after so many lines shows
// other names then. Where no command makes a difference, nothing is proven.
func (t *Tree) proveComplete(ss *command.Session, dir, option string, first listed) error {
	if !first.isRound() {
		return nil
	}
	for _, again := range t.otherWays(ss, option) {
		second, err := again(dir)
		switch {
		case wire.Answered(err) && !wire.Transient(err) || errors.Is(err, listing.ErrNotUnderstood):
			continue
		case err != nil:
			return err
		case !sameNames(first.files, second.files):
			return doubted("%d names, and different ones when listed again", len(first.files))
		case first.entries != second.entries:
			return nil
		}
	}
	return doubted("%d names, a number at which servers truncate listings", len(first.files))
}

func doubted(format string, names int) error {
	return providers.WithHint(fmt.Errorf(format+": %w", names, providers.ErrListing), roundHint)
}

// otherWays are those that differ from the one of list.
func (t *Tree) otherWays(ss *command.Session, option string) []func(dir string) (listed, error) {
	plain := func(dir string) (listed, error) { return t.relist(ss, "", dir) }
	whole := func(dir string) (listed, error) { return t.relistAll(ss, dir) }
	names := func(dir string) (listed, error) { return nameList(ss, dir) }
	switch {
	case ss.Has(command.MLST):
		return []func(string) (listed, error){plain, whole, names}
	case option == All:
		return []func(string) (listed, error){plain, names}
	}
	return []func(string) (listed, error){whole, names}
}

// relist lists by LIST.
func (t *Tree) relist(ss *command.Session, option, dir string) (listed, error) {
	raw, err := ss.Listing(ss.Lister, option, dir)
	if err != nil {
		return listed{}, err
	}
	now := t.now()
	entries, err := listing.Parse(raw, func(line string) (providers.File, error) { return listing.LIST(line, now) })
	if err != nil {
		return listed{}, listing.ErrNotUnderstood
	}
	return newListed(entries), nil
}

// relistAll lists by LIST -a. A server that does not show the directory itself
// has taken -a for a part of the path.
func (t *Tree) relistAll(ss *command.Session, dir string) (listed, error) {
	l, err := t.relist(ss, All, dir)
	if err == nil && l.entries == len(l.files) {
		err = listing.ErrNotUnderstood
	}
	return l, err
}

// sameNames leaves out the names that begin with a dot where one of the two
// shows none of them.
func sameNames(a, b []providers.File) bool {
	x, y := namesOf(a), namesOf(b)
	if !slices.ContainsFunc(x, isDotName) || !slices.ContainsFunc(y, isDotName) {
		x, y = slices.DeleteFunc(x, isDotName), slices.DeleteFunc(y, isDotName)
	}
	return slices.Equal(x, y)
}

// namesOf returns the names, sorted.
func namesOf(files []providers.File) []string {
	names := make([]string, len(files))
	for i, f := range files {
		names[i] = f.Path
	}
	slices.Sort(names)
	return names
}

// nameList lists by NLST. Some servers put the directory before each name.
func nameList(s *command.Session, dir string) (listed, error) {
	raw, err := s.ListFolder(dir, "NLST", func(argument string) error {
		_, err := s.Library.NameList(argument)
		return err
	})
	if err != nil {
		return listed{}, err
	}
	entries, err := listing.Parse(raw, func(line string) (providers.File, error) {
		return providers.File{Path: path.Base(line), Kind: providers.Dir}, nil
	})
	return newListed(entries), err
}
