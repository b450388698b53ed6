package diff

import (
	"errors"
	"fmt"
	"slices"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

// checkPrune proves what an executor relies on where a set is pruned from a source.
func (k *checker) checkPrune(c Change, source Place, key state.Key) error {
	if source.Role != SourceRole || source.Unreachable != "" || providers.CheckName(key.VM) != nil {
		return errors.New("unknown source, or invalid VM name")
	}
	if c.Action != Delete || c.Early || c.Source != "" || c.From != "" || len(c.Before) > 0 || c.InTrash || c.StagedRun != "" || c.Leftover {
		return errors.New("it does more than delete a local set")
	}
	if err := checkFiles(c.Files, c.Bytes); err != nil {
		return err
	}
	return k.checkJustification(c, key)
}

// checkJustification proves that the destinations hold the set itself, or min_keep newer
// ones at each destination that is named.
func (k *checker) checkJustification(c Change, key state.Key) error {
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
