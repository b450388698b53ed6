package main

import (
	"errors"

	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/ui"
)

// undelivered returns err, or the error that the output of a command could not be
// written: a command without its output has failed. It is reported once, and does not
// hide a worse error.
func undelivered(out *ui.UI, err error, hint string) error {
	lost := out.Lost()
	if lost == nil {
		return err
	}
	problem := failure.New("The output could not be written", failure.Hinted(lost, hint))
	if err == nil || errors.Is(err, failure.ErrChanges) {
		return problem
	}
	out.Record(problem)
	out.Diagnose(failure.Diagnostics(problem))
	return err
}

// The hints for output that could not be written.
const (
	undeliveredHint      = "The output is incomplete. Free some space on its disk, or name another file, and run the command again."
	undeliveredApplyHint = "The apply itself ran to its end; only its output is incomplete. Check the disk or the program that receives the output."
)
