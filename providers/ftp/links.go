package ftp

import (
	"slices"
	"strings"

	"github.com/vmxsync/vmxsync/providers"
)

// markLinks finds the links among the directories of an MLSD. pyftpdlib
// describes there what a link points to, so that what is outside the tree
// looks as if it were in it; in LIST it shows the link. A server that has
// shown a link in MLSD is not asked any more.
func (s *Store) markLinks(ss *session, dir string, files []providers.File) error {
	if !ss.has(mlst) || s.tellsLinks.Load() || !slices.ContainsFunc(files, isDir) {
		return nil
	}
	raw, err := ss.listing(ss.lister, dir)
	if err != nil {
		return unlessRefused(err)
	}
	lines := linkLines(raw)
	for i, f := range files {
		if f.Kind == providers.Dir && slices.ContainsFunc(lines, names(f.Path)) {
			files[i].Kind = providers.Link
		}
	}
	return nil
}

func isDir(f providers.File) bool  { return f.Kind == providers.Dir }
func isLink(f providers.File) bool { return f.Kind == providers.Link }

// linkLines needs to understand nothing but the first letter.
func linkLines(raw []byte) []string {
	var lines []string
	for line := range strings.SplitSeq(string(raw), "\n") {
		if strings.HasPrefix(line, "l") {
			lines = append(lines, line)
		}
	}
	return lines
}

// names finds a name by the arrow behind it. In doubt it is a link, which
// nobody enters.
func names(name string) func(line string) bool {
	return func(line string) bool { return strings.Contains(line, " "+name+" -> ") }
}

// unlessRefused takes a server without a usable LIST as it is.
func unlessRefused(err error) error {
	if answered(err) && !transient(err) {
		return nil
	}
	return err
}
