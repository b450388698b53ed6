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
	if c.Action != Delete || c.Early || c.Source != "" || c.From != "" || len(c.Before) > 0 || c.Path != source.Layout.Path(key) {
		return errors.New("it does more than delete a local set")
	}
	if err := checkFiles(c.Files, c.Bytes); err != nil {
		return err
	}
	gone := state.Gone(c.Path, RunPlaceholder)
	want := []Step{
		{ID: c.Address + "#" + string(OpPrune), Op: OpPrune, From: c.Path, To: gone},
		{ID: c.Address + "#" + string(OpClear), Op: OpClear, From: gone, To: c.Path},
	}
	want[1].Needs = []string{want[0].ID}
	if len(c.Steps) != len(want) {
		return errors.New("a step is missing")
	}
	for i, s := range c.Steps {
		if err := k.checkStep(c.Address+"#", s); err != nil {
			return err
		}
		if s.ID != want[i].ID || s.Op != want[i].Op || s.From != want[i].From || s.To != want[i].To || s.Expect != "" || !slices.Equal(s.Needs, want[i].Needs) {
			return fmt.Errorf("step %q does not match its change or cleanup", s.ID)
		}
	}
	return errors.Join(k.checkJustification(c.Steps[0], key), refuseIf(len(c.Steps[1].Retains) > 0, "a clear step retains sets"))
}

// checkJustification proves that the destinations hold the set itself, or min_keep newer
// ones at each destination that is named.
func (k *checker) checkJustification(s Step, key state.Key) error {
	left := map[string]int{}
	itself := false
	for _, a := range slices.Compact(slices.Sorted(slices.Values(s.Retains))) {
		place, kept, err := state.SplitAddress(a)
		if err != nil || kept.VM != key.VM || kept.Stamp < key.Stamp || k.seen[a] != state.Complete || k.addresses[a] {
			return fmt.Errorf("step %q retains %q, which does not justify it", s.ID, a)
		}
		itself = itself || kept == key
		left[state.Scope(place, kept.VM)]++
	}
	for scope, n := range left {
		if g, ok := k.groups[scope]; !ok || !itself && n < g.MinKeep {
			return fmt.Errorf("step %q retains %d sets of %q: too few", s.ID, n, scope)
		}
	}
	return refuseIf(len(left) == 0, "step "+s.ID+" retains nothing")
}

// checkAside proves a cleanup of the leftovers of a prune at a source.
func (k *checker) checkAside(source Place, c Cleanup) error {
	if source.Unreachable != "" || len(c.Steps) != 1 || k.plan.Options.Destroy {
		return errors.New("unknown source, not exactly one step, or a plan with -destroy")
	}
	if err := checkFiles(c.Files, c.Bytes); err != nil {
		return err
	}
	final, _, gone, ok := state.ParseAside(c.Path)
	key, fits := source.Layout.Key(final)
	op := map[string]Op{ReturnCleanup: OpReturn, GoneCleanup: OpClear}[c.Kind]
	s := c.Steps[0]
	if !ok || !fits || key.VM != c.VM || gone != (op == OpClear) || s.Op != op || s.From != c.Path || s.To != final || s.Expect != "" || len(s.Retains) > 0 {
		return fmt.Errorf("step %q does not match its change or cleanup", s.ID)
	}
	return k.checkStep(c.Place+":"+c.Path+"#", s)
}
