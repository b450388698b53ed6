package preflight

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/vmxsync/vmxsync/apply/step"
	"github.com/vmxsync/vmxsync/providers"
)

// What callers branch on.
var (
	// ErrStale: the places are not as the plan saw them.
	ErrStale = step.ErrStale
	// ErrApplied: every change of the plan has already been made.
	ErrApplied = errors.New("this plan was already applied")
)

// StaleError describes how one scope differs from what the plan saw. It wraps ErrStale.
// Several scopes are joined.
type StaleError struct {
	Scope                       string   // "nas/Bart"; the name of a source and a VM
	Appeared, Vanished, Changed []string // times of sets, sorted
}

func (e *StaleError) Error() string {
	var parts []string
	for _, p := range []struct {
		what string
		sets []string
	}{{"appeared", e.Appeared}, {"vanished", e.Vanished}, {"changed", e.Changed}} {
		if len(p.sets) > 0 {
			parts = append(parts, p.what+": "+strings.Join(p.sets, ", "))
		}
	}
	return providers.Escape(fmt.Sprintf("%v: %s: %s", ErrStale, e.Scope, strings.Join(parts, "; ")))
}

// Unwrap makes errors.Is(err, ErrStale) true.
func (e *StaleError) Unwrap() error { return ErrStale }

// or returns e, or nil if nothing differs.
func (e *StaleError) or() error {
	if len(e.Appeared)+len(e.Vanished)+len(e.Changed) == 0 {
		return nil
	}
	for _, sets := range [][]string{e.Appeared, e.Vanished, e.Changed} {
		slices.Sort(sets)
	}
	return e
}
