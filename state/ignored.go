package state

import (
	"path"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
)

// Ignored reports whether one of the globs matches a path, from the folder of
// its set; a glob without a slash matches names at any depth.
func Ignored(globs []string, p string) bool {
	return slices.ContainsFunc(globs, func(glob string) bool {
		if !strings.Contains(glob, "/") && doublestar.MatchUnvalidated(glob, path.Base(p)) {
			return true
		}
		return doublestar.MatchUnvalidated(glob, p)
	})
}
