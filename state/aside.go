package state

import (
	"context"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/vmxsync/vmxsync/providers"
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

var asideName = regexp.MustCompile(`^(.+)~(\d{8}T\d{6}Z-[0-9a-f]{12})~(aside|gone)$`)

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

// readAsides takes those out of the foreign names. taken are the names that
// folders of ignored files have, or files that are not sets.
func (inv *Inventory) readAsides(ctx context.Context, store providers.Store, src Source, taken []string) {
	inv.Foreign = slices.DeleteFunc(inv.Foreign, func(p string) bool {
		final, run, gone, ok := ParseAside(p)
		key, fits := src.Layout.Key(final)
		if !ok || !fits {
			return false
		}
		tree, err := ReadSourceSet(ctx, store, p, src.Ignore)
		a := AsideSet{Key: key, Path: p, Final: final, Run: run, Gone: gone, Files: tree.Files}
		switch {
		case err != nil:
			a.Problem = reason(err)
		case len(tree.Odd) > 0:
			a.Problem = tree.Odd[0]
		case slices.Contains(taken, final):
			a.Problem = final + " exists again"
		}
		inv.Asides = append(inv.Asides, a)
		return true
	})
	slices.SortFunc(inv.Asides, func(a, b AsideSet) int { return strings.Compare(a.Path, b.Path) })
}
