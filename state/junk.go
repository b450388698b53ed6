package state

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// junk are names that file managers, NAS systems and file systems leave
// behind. They are part of no set, left out of every comparison, and deleted with
// their set. Compared in lower case.
var junk = map[string]bool{
	"@eadir": true, "@tmp": true, "#recycle": true, "@recycle": true, "#snapshot": true, ".@__thumb": true, // Synology, QNAP
	"thumbs.db": true, "ehthumbs.db": true, "desktop.ini": true, "$recycle.bin": true, "system volume information": true, // Windows
	".ds_store": true, ".appledouble": true, ".spotlight-v100": true, ".trashes": true, ".fseventsd": true, ".temporaryitems": true, // macOS
	"lost+found": true, ".directory": true, // Linux
}

// IsJunk reports whether a name is system junk.
func IsJunk(name string) bool {
	lower := strings.ToLower(name)
	return junk[lower] || strings.HasPrefix(lower, "._") || strings.HasPrefix(lower, ".trash-")
}

// Folded is what a name becomes on a disk that ignores case and composes
// letters: two names that fold to the same cannot both live there.
func Folded(name string) string {
	if isASCII(name) { // nearly all are, and every listing folds all of its names
		return strings.ToLower(name)
	}
	return cases.Fold().String(norm.NFC.String(name))
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
