package main

import (
	"errors"

	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
)

// undelivered returns err, or the error that the output of a command could not be
// written: a command without its output has failed. It is reported once, and does not
// hide a worse error.
func (p *process) undelivered(err error, hint string) error {
	lost := p.ui.Lost()
	if lost == nil || p.undeliveredReported {
		return err
	}
	p.undeliveredReported = true
	problem := failure.New("The output could not be written", failure.Hinted(lost, hint))
	if err == nil || errors.Is(err, failure.ErrChanges) {
		return problem
	}
	p.ui.Record(problem)
	p.ui.Diagnose(failure.Diagnostics(problem))
	return err
}

// The hints for output that could not be written.
const (
	undeliveredHint      = "The output is incomplete. Free some space on its disk, or name another file, and run the command again."
	undeliveredApplyHint = "The apply itself ran to its end; only its output is incomplete. Check the disk or the program that receives the output."
)
