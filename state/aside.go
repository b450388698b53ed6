package state

import (
	"path"
	"regexp"
)

// A set that is pruned from a source is renamed twice, beside its own name:
//
//	2026-11-21-010000~RUN~aside   until every place that holds it was asked again
//	2026-11-21-010000~RUN~gone    from then on, until its files are removed
//
// A set that is ~aside when the run dies is complete, and is moved back.

// Aside is where run moves the set of a source whose folder is final.
func Aside(final, run string) string { return final + "~" + run + "~aside" }

// Gone is where run moves it on.
func Gone(final, run string) string { return final + "~" + run + "~gone" }

const runID = `\d{8}T\d{6}Z-[0-9a-f]{12}`

var (
	asideName = regexp.MustCompile(`^(.+)~(` + runID + `)~(aside|gone)$`)
	wholeRun  = regexp.MustCompile(`^` + runID + `$`)
)

// IsRun reports whether id is the id of an apply: of another one, the folders that are
// named with it would not be recognised later.
func IsRun(id string) bool { return wholeRun.MatchString(id) }

// ParseAside undoes Aside and Gone.
func ParseAside(p string) (final, run string, gone, ok bool) {
	m := asideName.FindStringSubmatch(path.Base(p))
	if m == nil {
		return "", "", false, false
	}
	return path.Join(path.Dir(p), m[1]), m[2], m[3] == "gone", true
}

// AsideSet is a set of a source whose prune was interrupted.
type AsideSet struct {
	Key
	Path  string `json:"path"`            // of its folder, from the root of the place
	Final string `json:"final,omitempty"` // where it was
	Run   string `json:"run,omitempty"`
	Gone  bool   `json:"gone,omitempty"` // it is not moved back any more
	Files []File `json:"files,omitempty"`
	// Problem is in one line why it can neither be moved back nor deleted; "" if it can.
	Problem string `json:"problem,omitempty"`
}
