package record

import (
	"time"

	"github.com/vmxsync/vmxsync/apply/event"
	"github.com/vmxsync/vmxsync/apply/locks"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state/known"
)

// Run is what the records know of the run that leaves them.
type Run struct {
	Plan   *diff.Plan
	ID     string
	Began  time.Time // dates what is found
	Stores map[string]providers.Store
	Locks  *locks.Locks
	Work   Work
	Tell   func(event.Event)
	// Recorded is given each record that is left before the run ends.
	Recorded func(diff.Place, *known.Record)
}

// Work is what a run has done at a destination by now, and what it intends to do there.
type Work interface {
	// Lost reports whether the destination could not be locked or read.
	Lost(place string) bool
	// Unreachable reports whether a change there failed because it cannot be reached.
	Unreachable(place string) bool
	// Claimed reports whether this run has claimed the root.
	Claimed(place string) bool
	// Relies reports whether something is deleted because of what is there.
	Relies(place string) bool
	// Changes are what became of the changes there.
	Changes(place string) []Change
	// Deletions are the deletes there that were done, or may still be.
	Deletions(place string) []Deletion
}

// Deletion is a delete of a set.
type Deletion struct {
	Key  known.Key
	Done bool
}
