package shown

import (
	"slices"
	"strings"

	"github.com/vmxsync/vmxsync/providers"
)

// SameNames compares the names, and leaves out the names that begin with a dot where one of the two
// shows none of them.
func SameNames(a, b []providers.File) bool {
	x, y := NamesOf(a), NamesOf(b)
	if !slices.ContainsFunc(x, IsDotName) || !slices.ContainsFunc(y, IsDotName) {
		x, y = slices.DeleteFunc(x, IsDotName), slices.DeleteFunc(y, IsDotName)
	}
	return slices.Equal(x, y)
}

// NamesOf returns the names, sorted.
func NamesOf(files []providers.File) []string {
	names := make([]string, len(files))
	for i, f := range files {
		names[i] = f.Path
	}
	slices.Sort(names)
	return names
}

// SameEntries compares names, kinds, and the sizes of files.
func SameEntries(a, b []providers.File) bool {
	return slices.EqualFunc(a, b, func(x, y providers.File) bool {
		return x.Path == y.Path && x.Kind == y.Kind && (x.Kind != providers.Regular || x.Size == y.Size)
	})
}

// IsDotName reports whether a name begins with a dot, and is no folder's own.
func IsDotName(name string) bool {
	return strings.HasPrefix(name, ".") && name != "." && name != ".."
}
