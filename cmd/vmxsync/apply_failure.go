package main

import (
	"errors"
	"strings"

	"github.com/vmxsync/vmxsync/apply"
	"github.com/vmxsync/vmxsync/apply/journal"
	"github.com/vmxsync/vmxsync/apply/lock"
	"github.com/vmxsync/vmxsync/apply/notify"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/session"
	"github.com/vmxsync/vmxsync/providers"
)

func journalFailure(err error) error {
	if errors.Is(err, journal.ErrDamaged) {
		err = failure.Hinted(err, "-journal-reset sets it aside; the apply then finds out at the destinations which changes are done.")
	}
	return failure.New("The journal cannot be used", err)
}

// interrupted is the error of an interrupted apply; its hint is the command that
// continues.
type interrupted struct {
	err   error
	again string
}

func (e *interrupted) Error() string { return "interrupted; completed changes are kept" }

func (e *interrupted) Unwrap() error { return failure.Hinted(e.err, "To continue: "+e.again) }

// withoutSummary returns the text of err without the part that its summary repeats.
func withoutSummary(err error) string {
	var lines []string
	for _, one := range failure.Unjoin(err) {
		lines = append(lines, strings.TrimPrefix(one.Error(), apply.ErrStale.Error()+": "))
	}
	return strings.Join(lines, "\n")
}

func applyFailure(err error) error {
	switch {
	case errors.Is(err, lock.ErrHeld), errors.Is(err, lock.ErrLost):
		return session.LockFailure(err)
	case errors.Is(err, apply.ErrStale):
		return failure.New("Saved plan is stale", failure.Hinted(failure.Reworded(withoutSummary(err), err), "Nothing was changed. Make a new plan: vmxsync plan -out=FILE."))
	case errors.Is(err, apply.ErrApplied):
		return failure.New("This plan was already applied", failure.Hinted(failure.Reworded("every change in this plan has already been made; nothing was changed", err), "Make a new plan: vmxsync plan -out=FILE."))
	case errors.Is(err, notify.ErrHook):
		return failure.New("A before_apply hook failed", failure.Hinted(err, strings.TrimSpace("Nothing was changed. "+providers.Hint(err))))
	case errors.Is(err, apply.ErrPartial):
		return failure.New("Apply is not complete", failure.Hinted(err, "Completed changes are kept. Fix the cause and run the same command again, or make a new plan."))
	}
	return failure.New("Apply failed", err)
}
