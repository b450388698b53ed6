package apply

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/vmxsync/vmxsync/apply/source"
	"github.com/vmxsync/vmxsync/apply/step"
	"github.com/vmxsync/vmxsync/providers"
)

// What callers branch on besides context.Canceled.
var (
	// ErrStale: the places are not as the plan saw them. Nothing was changed.
	ErrStale = step.ErrStale
	// ErrApplied: every change of the plan has already been made. Nothing was changed.
	ErrApplied = errors.New("this plan was already applied")
	// ErrRefused: a guard refuses the plan. Nothing was changed.
	ErrRefused = errors.New("refused by a guard")
	// ErrPartial: some changes failed, the others are done.
	ErrPartial = errors.New("some changes failed")
	// ErrCancelled: a change was not done because one that it needs failed: a
	// delete for an upload of its chain, anything for the root of its place.
	ErrCancelled = errors.New("cancelled")
	// ErrSourceChanged: a file or a set changed after the plan was made.
	ErrSourceChanged = source.ErrChanged
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

// StepError names the step and the change that failed. Its text is escaped.
type StepError = step.Error

// fatalError ends the whole apply: without a journal no step may be done.
type fatalError struct{ error }

func (e fatalError) Unwrap() error { return e.error }

func isFatal(err error) bool {
	var f fatalError
	return errors.As(err, &f)
}
