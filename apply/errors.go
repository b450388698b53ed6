package apply

import (
	"errors"
	"fmt"

	"github.com/vmxsync/vmxsync/apply/outcome"
	"github.com/vmxsync/vmxsync/apply/preflight"
	"github.com/vmxsync/vmxsync/apply/source"
	"github.com/vmxsync/vmxsync/apply/step"
)

// What callers branch on besides context.Canceled.
var (
	// ErrStale: the places are not as the plan saw them. Nothing was changed.
	ErrStale = preflight.ErrStale
	// ErrApplied: every change of the plan has already been made. Nothing was changed.
	ErrApplied = preflight.ErrApplied
	// ErrRefused: a guard refuses the plan. Nothing was changed.
	ErrRefused = errors.New("refused by a guard")
	// ErrPartial: some changes failed, the others are done.
	ErrPartial = outcome.ErrPartial
	// ErrCancelled: a change was not done because one that it needs failed: a
	// delete for an upload of its chain, anything for the root of its place.
	ErrCancelled = outcome.ErrCancelled
	// ErrSourceChanged: a file or a set changed after the plan was made.
	ErrSourceChanged = source.ErrChanged
)

// errFollows is why a job is postponed which another one has to precede.
func errFollows(first *job) error {
	return fmt.Errorf("it follows %s, which is postponed", first.Address)
}

// StaleError describes how one scope differs from what the plan saw. It wraps ErrStale.
// Several scopes are joined.
type StaleError = preflight.StaleError

// StepError names the step and the change that failed. Its text is escaped.
type StepError = step.Error

// fatalError ends the whole apply: without a journal no step may be done.
type fatalError struct{ error }

func (e fatalError) Unwrap() error { return e.error }

func isFatal(err error) bool {
	var f fatalError
	return errors.As(err, &f)
}
