package shown

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp/listing"
)

// Folder is a directory as one command showed it.
type Folder struct {
	Files   []providers.File
	Entries int    // with the directory itself and its parent, where they are shown
	Bytes   int    // of a reply to STAT
	End     string // the text of its last line
}

// New is what entries show, which may have the directory itself and its parent.
func New(entries []providers.File) Folder {
	return Folder{Files: listing.WithoutDots(entries), Entries: len(entries)}
}

// IsRound reports whether a server may have stopped there: Pure-FTPd does after
// 10,000 lines, the directory itself and its parent included.
func (f Folder) IsRound() bool { return isRound(f.Entries) || isRound(len(f.Files)) }

func isRound(n int) bool {
	return n >= 1000 && n%1000 == 0 || n >= 1024 && n&(n-1) == 0
}

// ShowsDots reports whether what is shown has a name that begins with a dot: then such
// names are not hidden elsewhere.
func (f Folder) ShowsDots() bool {
	return f.Entries > len(f.Files) || slices.ContainsFunc(f.Files, func(f providers.File) bool { return IsDotName(f.Path) })
}

// ProvesDirectory reports whether entries can only be those of a directory. Some
// servers send nothing and no error for one that is missing, and for a file
// a listing of the file.
func ProvesDirectory(files []providers.File, dir string) bool {
	switch len(files) {
	case 0:
		return false
	case 1:
		return !strings.HasSuffix(dir, "/"+files[0].Path)
	}
	return true
}

// Distinct sorts entries by name. A name that is listed twice is left out altogether; then the
// others are a part.
func Distinct(files []providers.File) ([]providers.File, *providers.PartialListing) {
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
