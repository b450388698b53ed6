package folder

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp/command"
	"github.com/vmxsync/vmxsync/providers/ftp/listing"
	"github.com/vmxsync/vmxsync/providers/ftp/tree/shown"
	"github.com/vmxsync/vmxsync/providers/ftp/wire"
)

// markLinks finds the links among the directories of an MLSD. pyftpdlib
// describes there what a link points to, so that what is outside the tree
// looks as if it were in it; in LIST it shows the link. ProFTPD may cut LIST where it does
// not cut MLSD.
func markLinks(ss *command.Session, dir string, files []providers.File, status *shown.Folder) error {
	if !ss.Has(command.MLST) || !slices.ContainsFunc(files, isDir) {
		return nil
	}
	if status == nil {
		var err error
		if status, err = statusFor(ss, dir); err != nil {
			return err
		}
	}
	if markByStatus(files, status) {
		return nil
	}
	raw, err := ss.Listing(ss.Lister, "", dir)
	if err != nil {
		return wire.UnlessRefused(err)
	}
	if lists := countDirs(raw); lists > 0 && lists < len(slices.DeleteFunc(slices.Clone(files), hasNoLine)) {
		err := fmt.Errorf("%d folders and links in LIST, fewer than in MLSD: %w", lists, providers.ErrListing)
		return shifted{providers.WithHint(err, command.LimitHint), shown.NamesOf(files)}
	}
	dirs := make(map[string]int, len(files))
	for i, f := range files {
		if f.Kind == providers.Dir {
			dirs[f.Path] = i
		}
	}
	for name := range linkNames(raw) {
		if i, ok := dirs[name]; ok {
			files[i].Kind = providers.Link
		}
	}
	return nil
}

// statusFor is what STAT shows of a folder in a session that has proven it; nil where it
// cannot be asked, or shows nothing that is understood.
func statusFor(ss *command.Session, dir string) (*shown.Folder, error) {
	if !shown.ListsByStatus(ss) {
		return nil, nil
	}
	if whole, err := ss.OnePath(dir); !whole || err != nil {
		return nil, err
	}
	f, err := shown.ByStatus(ss, dir, ss.StatusWay)
	switch {
	case err == nil:
		return &f, nil
	case errors.Is(err, providers.ErrListing), wire.Answered(err) && !wire.IsTrouble(err):
		return nil, nil
	}
	return nil, err
}

// markByStatus is markLinks by STAT: false where it does not show exactly the same names,
// or shows a folder as a file.
func markByStatus(files []providers.File, status *shown.Folder) bool {
	if status == nil || !slices.Equal(shown.NamesOf(files), shown.NamesOf(status.Files)) {
		return false
	}
	kinds := make(map[string]providers.Kind, len(files))
	for _, f := range status.Files {
		kinds[f.Path] = f.Kind
	}
	if slices.ContainsFunc(files, func(f providers.File) bool { return f.Kind == providers.Dir && kinds[f.Path] == providers.Regular }) {
		return false
	}
	for i, f := range files {
		if f.Kind == providers.Dir && kinds[f.Path] == providers.Link {
			files[i].Kind = providers.Link
		}
	}
	return true
}

func isDir(f providers.File) bool  { return f.Kind == providers.Dir }
func isLink(f providers.File) bool { return f.Kind == providers.Link }

// hasNoLine tells what the LIST of a server may leave out, or shows as a file.
func hasNoLine(f providers.File) bool { return f.Kind != providers.Dir || shown.IsDotName(f.Path) }

// countDirs counts the lines of folders and links in the style of ls.
func countDirs(raw []byte) int {
	n := 0
	for line := range strings.SplitSeq(string(raw), "\n") {
		if mode, _ := listing.Column(line); listing.IsMode(mode) && (mode[0] == 'd' || mode[0] == 'l') {
			n++
		}
	}
	return n
}

// linkNames are what the lines of links may name: all that stands between a
// blank and an arrow, up to the longest name that is ever entered. In doubt it
// is a link, which nobody enters. Of the line it needs to understand nothing
// but the first letter.
func linkNames(raw []byte) iter.Seq[string] {
	const arrow, longest = " -> ", 255
	return func(yield func(string) bool) {
		for line := range strings.SplitSeq(string(raw), "\n") {
			for end := 1; strings.HasPrefix(line, "l"); end++ {
				next := strings.Index(line[end:], arrow)
				if next < 0 {
					break
				}
				end += next
				for i := end - 1; i >= max(0, end-1-longest); i-- {
					if line[i] == ' ' && !yield(line[i+1:end]) {
						return
					}
				}
			}
		}
	}
}
