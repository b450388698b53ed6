package failure

import (
	"context"
	"errors"
	"fmt"

	"github.com/vmxsync/vmxsync/apply"
	"github.com/vmxsync/vmxsync/apply/lock"
	"github.com/vmxsync/vmxsync/apply/restore"
	"github.com/vmxsync/vmxsync/apply/verify"
)

// Status is the error of a command that has already printed everything; only its
// exit code is left.
type Status int

// Exit codes, the same for every command.
const (
	Done        Status = 0
	Failed      Status = 1
	Changes     Status = 2 // with -detailed-exitcode
	Broken      Status = 2 // check: a rule does not hold; verify: a copy; drill: one failed
	Partial     Status = 3
	Stale       Status = 4
	Refused     Status = 5
	Locked      Status = 6
	Interrupted Status = 130

	// Those of terraform fmt.
	Unformattable Status = 2
	Unformatted   Status = 3
)

func (s Status) Error() string { return "exit status" }

// The errors that have an exit code of their own, besides those of apply and its locks.
var (
	ErrChanges = fmt.Errorf("there are changes: %w", Changes) // -detailed-exitcode; no failure
	ErrExpired = errors.New("the plan has expired")
	ErrTooLong = errors.New("stopped at the end") // an apply, by -max-duration
	ErrWaiting = errors.New("deletes wait")       // left out of an apply because a guard refuses them
	ErrFailed  = errors.New("a drill failed")
	ErrUnheld  = errors.New("a drill was not held, or not recorded")
	ErrUnread  = errors.New("a destination could not be read") // the others were
)

// IsPrinted reports whether there is nothing left to print about err.
func IsPrinted(err error) bool {
	var s Status
	return err == nil || errors.As(err, &s)
}

// ExitCode returns the exit code for the error of a command.
func ExitCode(err error) int { return int(status(err)) }

func status(err error) Status {
	var s Status
	switch {
	case err == nil:
		return Done
	case errors.As(err, &s):
		return s
	case errors.Is(err, context.Canceled):
		return Interrupted
	case errors.Is(err, lock.ErrHeld), errors.Is(err, lock.ErrLost):
		return Locked
	case errors.Is(err, apply.ErrStale), errors.Is(err, apply.ErrApplied), errors.Is(err, ErrExpired):
		return Stale
	case errors.Is(err, verify.ErrBad), errors.Is(err, ErrFailed):
		return Broken
	case errors.Is(err, apply.ErrPartial), errors.Is(err, restore.ErrPartial), errors.Is(err, verify.ErrUnasked), errors.Is(err, ErrTooLong), errors.Is(err, ErrUnheld), errors.Is(err, ErrUnread):
		return Partial
	case errors.Is(err, apply.ErrRefused), errors.Is(err, ErrWaiting):
		return Refused
	}
	return Failed
}
