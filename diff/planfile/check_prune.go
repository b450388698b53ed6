package planfile

import (
	"fmt"
	"slices"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/state"
)

// checkJustification proves, where a set is pruned from its source, that the destinations hold the set itself, or min_keep newer
// ones at each destination that is named.
func (k *checker) checkJustification(c diff.Change, key state.Key) error {
	left := map[string]int{}
	itself := false
	for _, a := range slices.Compact(slices.Sorted(slices.Values(c.Retains))) {
		place, kept, err := state.SplitAddress(a)
		if err != nil || kept.VM != key.VM || kept.Stamp < key.Stamp || k.seen[a] != state.Complete || k.addresses[a] {
			return fmt.Errorf("it retains %q, which does not justify it", a)
		}
		itself = itself || kept == key
		left[state.Scope(place, kept.VM)]++
	}
	for scope, n := range left {
		if g, ok := k.groups[scope]; !ok || !itself && n < g.MinKeep {
			return fmt.Errorf("it retains %d sets of %q: too few", n, scope)
		}
	}
	return refuseIf(len(left) == 0, "it retains nothing")
}
