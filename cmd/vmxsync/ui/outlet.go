package ui

import (
	"fmt"
	"io"
	"sync"
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
