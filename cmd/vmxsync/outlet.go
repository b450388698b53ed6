package main

import (
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
)

// outlet is a stream of the process that remembers its first write error. Later
// writes are dropped: a document that ends early is easier to recognise than one with
// a hole. It is safe for concurrent use.
type outlet struct {
	to   io.Writer
	name string // for people: "standard output"

	mu      sync.Mutex
	broken  error // the first write error
	dropped bool  // something was not written because of that
}

// newOutlet returns the outlet of a stream. (A stream that was closed when the program
// began is /dev/null by now: the Go runtime opens that in its place before any of our
// code runs, and the two cannot be distinguished.)
func newOutlet(name string, to io.Writer) *outlet { return &outlet{to: to, name: name} }

func (o *outlet) Write(text []byte) (n int, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.broken == nil {
		n, o.broken = o.to.Write(text)
	}
	if o.broken != nil {
		o.dropped = true
	}
	return n, o.broken
}

// lost returns why some output was not written; nil if all was.
func (o *outlet) lost() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.dropped {
		return nil
	}
	return fmt.Errorf("%s: %w", o.name, o.broken)
}

// lost returns why a result, a warning or an error was not written; nil if all were.
// Nobody misses other lines of stderr.
func (u *ui) lost() error {
	if err := u.stdout.lost(); err != nil {
		return err
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if !u.reported {
		return nil
	}
	return u.stderr.lost()
}

// undelivered returns err, or the error that the output of a command could not be
// written: a command without its output has failed. It is reported once, and does not
// hide a worse error.
func (p *process) undelivered(err error, hint string) error {
	lost := p.ui.lost()
	if lost == nil || p.undeliveredReported {
		return err
	}
	p.undeliveredReported = true
	problem := failure.New("The output could not be written", failure.Hinted(lost, hint))
	if err == nil || errors.Is(err, failure.ErrChanges) {
		return problem
	}
	p.ui.record(problem)
	p.ui.diagnose(failure.Diagnostics(problem))
	return err
}

// The hints for output that could not be written.
const (
	undeliveredHint      = "The output is incomplete. Free some space on its disk, or name another file, and run the command again."
	undeliveredApplyHint = "The apply itself ran to its end; only its output is incomplete. Check the disk or the program that receives the output."
)
