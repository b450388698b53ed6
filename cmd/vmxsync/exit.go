package main

import (
	"context"
	"errors"

	"github.com/vmxsync/vmxsync/apply"
)

// Exit codes, the same for every command.
const (
	exitDone        = 0
	exitError       = 1
	exitChanges     = 2 // with -detailed-exitcode
	exitPartial     = 3
	exitStale       = 4
	exitInterrupted = 130
)

const exitHelp = `Exit codes:
   0    done, or nothing to do
   1    error`

// status is the error of a command that has already said what there is to say.
type status int

func (s status) Error() string { return "exit status" }

// exitCode is the code for the error that a command ended with.
func exitCode(err error) int {
	var s status
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &s):
		return int(s)
	case errors.Is(err, context.Canceled):
		return exitInterrupted
	case errors.Is(err, apply.ErrStale), errors.Is(err, apply.ErrApplied), errors.Is(err, errExpired):
		return exitStale
	case errors.Is(err, apply.ErrPartial):
		return exitPartial
	}
	return exitError
}
