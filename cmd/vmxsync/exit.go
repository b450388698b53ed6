package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/vmxsync/vmxsync/apply"
	"github.com/vmxsync/vmxsync/apply/lock"
)

// Exit codes, the same for every command.
const (
	exitDone        = 0
	exitError       = 1
	exitChanges     = 2 // with -detailed-exitcode
	exitBroken      = 2 // check: a rule does not hold
	exitPartial     = 3
	exitStale       = 4
	exitRefused     = 5
	exitLocked      = 6
	exitInterrupted = 130

	// Those of terraform fmt.
	exitUnformattable = 2
	exitUnformatted   = 3
)

// exitCodes is the help template of a command with its exit codes; special are the
// lines for the codes besides 0 and 1.
func exitCodes(special ...string) string { return cli.CommandHelpTemplate + listed(special) }

// groupExitCodes is exitCodes for a command with subcommands.
func groupExitCodes() string { return cli.SubcommandHelpTemplate + listed(nil) }

func listed(special []string) string {
	lines := append([]string{"0    done, or nothing to do", "1    error"}, special...)
	return "\nEXIT CODES:\n   " + strings.Join(lines, "\n   ") + "\n"
}

// exitStatus is the error of a command that has already printed everything; only its
// exit code is left.
type exitStatus int

func (s exitStatus) Error() string { return "exit status" }

// errChanges ends a plan with changes under -detailed-exitcode. It is not a failure.
var errChanges = fmt.Errorf("there are changes: %w", exitStatus(exitChanges))

// exitCode returns the exit code for the error of a command.
func exitCode(err error) int {
	var s exitStatus
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &s):
		return int(s)
	case errors.Is(err, context.Canceled):
		return exitInterrupted
	case errors.Is(err, lock.ErrHeld), errors.Is(err, lock.ErrLost):
		return exitLocked
	case errors.Is(err, apply.ErrStale), errors.Is(err, apply.ErrApplied), errors.Is(err, errExpired):
		return exitStale
	case errors.Is(err, apply.ErrPartial), errors.Is(err, errTooLong):
		return exitPartial
	case errors.Is(err, apply.ErrRefused), errors.Is(err, errWaiting):
		return exitRefused
	}
	return exitError
}
