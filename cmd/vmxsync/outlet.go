package main

import (
	"errors"
	"fmt"
	"io"
	"sync"
)

// outlet is a stream of the process that remembers its first write error. What
// comes after it is dropped: a document that ends early is easier to recognise
// than one with a hole. It is safe for concurrent use.
type outlet struct {
	to   io.Writer
	name string // for people: "standard output"

	mu      sync.Mutex
	broken  error // why it takes nothing any more
	dropped bool  // something was not written because of that
}

// newOutlet is the outlet of a stream. (One that was closed when the program began
// is /dev/null by now: the Go runtime puts that in its place before any of our code
// runs, and it cannot be told from one that somebody redirected.)
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

// lost is why something did not arrive that was written; nil if all did.
func (o *outlet) lost() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.dropped {
		return nil
	}
	return fmt.Errorf("%s: %w", o.name, o.broken)
}

// lost is why a result, a warning or an error did not arrive; nil if all did.
// Nobody misses what else goes to stderr.
func (v *voice) lost() error {
	if err := v.stdout.lost(); err != nil {
		return err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if !v.alarmed {
		return nil
	}
	return v.stderr.lost()
}

// undelivered is err, or the error that what a command printed did not arrive:
// what nobody could read was not done well. That is reported once, and is no
// reason to hide an error that is worse.
func (p *process) undelivered(err error, hint string) error {
	lost := p.voice.lost()
	if lost == nil || p.undeliveredTold {
		return err
	}
	p.undeliveredTold = true
	problem := failure("The output could not be written", hinted(lost, hint))
	if err == nil || errors.Is(err, errChanges) {
		return problem
	}
	p.voice.record(problem)
	p.voice.diagnose(diagnostics(problem))
	return err
}

// The ways out of an output that did not arrive.
const (
	undeliveredHint      = "The output is incomplete. Free some space on its disk, or name another file, and run the command again."
	undeliveredApplyHint = "The apply itself ran to its end; only its output is incomplete. Check the disk or the program that the output goes to."
)
