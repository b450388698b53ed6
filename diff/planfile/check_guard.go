package planfile

import (
	"errors"
	"fmt"
	"slices"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/state"
)

// checkGuard proves that the guard's findings are those of this plan: its losses are
// what the changes delete, and its refusals follow from its limits.
func (k *checker) checkGuard() error {
	g := k.plan.Guard
	if g == nil {
		return errors.New("it has no guard")
	}
	if g.MaxShrinkPercent < 0 || g.MaxShrinkPercent > 100 || g.MinLoss < 1 || g.MaxDeletes != nil && *g.MaxDeletes < 0 {
		return errors.New("guard has invalid limits")
	}
	for _, l := range g.Losses {
		if l.Before < 0 || l.Before >= diff.MaxSize || l.After < 0 || l.Vanished < 0 || l.Vanished > l.Before {
			return fmt.Errorf("guard: %q has an invalid number of sets", l.Scope)
		}
	}
	want := k.plan.Judged()
	if !slices.Equal(g.Losses, want.Losses) || !slices.Equal(g.Lifted, want.Lifted) {
		return errors.New("guard does not add up")
	}
	if len(g.Waiting) > 0 {
		return k.checkWaiting(want)
	}
	return refuseIf(!slices.Equal(g.Refusals, want.Refusals), "guard does not list what it refuses")
}

// checkWaiting proves that the refused changes have been left out.
func (k *checker) checkWaiting(rest *diff.Guard) error {
	g := k.plan.Guard
	if len(rest.Refusals) > 0 || len(g.Refusals) == 0 {
		return errors.New("guard holds back the wrong deletes")
	}
	for _, a := range g.Waiting {
		if place, _, err := state.SplitAddress(a); err != nil || k.addresses[a] || k.places[place].Role == "" {
			return fmt.Errorf("guard: %q waits, but is not a set, or is changed", a)
		}
	}
	refuses := g.Refuses()
	for _, c := range k.plan.Changes {
		if c.DeletesSet() && refuses(c) {
			return fmt.Errorf("change %q is one that the guard refuses", c.Address)
		}
	}
	return nil
}
