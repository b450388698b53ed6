package read

import (
	"context"
	"slices"
	"strings"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
)

// readAsides takes those out of the foreign names, and returns the others, and them
// sorted by path. taken are the names that folders of ignored files have, or files that
// are not sets.
func readAsides(ctx context.Context, store providers.Store, src config.Source, foreign, taken []string) (rest []string, asides []state.AsideSet) {
	for _, p := range foreign {
		final, run, gone, ok := state.ParseAside(p)
		key, fits := src.Layout.Key(final)
		if !ok || !fits {
			rest = append(rest, p)
			continue
		}
		tree, err := SourceSet(ctx, store, p, src.Ignore)
		a := state.AsideSet{Key: key, Path: p, Final: final, Run: run, Gone: gone, Files: tree.Files}
		switch {
		case err != nil:
			a.Problem = reason(err)
		case len(tree.Odd) > 0:
			a.Problem = tree.Odd[0]
		case slices.Contains(taken, final):
			a.Problem = final + " exists again"
		}
		asides = append(asides, a)
	}
	slices.SortFunc(asides, func(a, b state.AsideSet) int { return strings.Compare(a.Path, b.Path) })
	return rest, asides
}
