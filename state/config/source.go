package config

import (
	"path"
	"slices"
	"strings"
	"time"

	"github.com/bmatcuk/doublestar/v4"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

// Source is a folder with finished backups.
type Source struct {
	Name     string
	Type     string             // "local"
	Settings providers.Settings // a *local.Settings
	Layout   state.Layout
	Timezone string        // IANA zone of the times in names, or "Local"
	Ignore   []string      // globs
	Settle   time.Duration // a set with a younger file is still being written
	// ReadyFiles are names of files of which a set has one when it is finished;
	// none: only settling decides.
	ReadyFiles []string
	OnEmpty    string // "error" or "ignore"
}

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
