package outcome

import (
	"errors"
	"fmt"
	"time"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/state/known"
)

var (
	// ErrPartial: some changes failed, the others are done.
	ErrPartial = errors.New("some changes failed")
	// ErrCancelled: a change was not done because one that it needs failed.
	ErrCancelled = errors.New("cancelled")
)

// Result describes the outcome of a plan.
type Result struct {
	// Outcomes are those of the roots that were claimed, the cleanups and the
	// changes, in the order of work.
	Outcomes  []Outcome
	Added     int
	Changed   int
	Destroyed int
	Earlier   int   // of those, done by an earlier run of this plan
	Uploaded  int64 // bytes that this run sent, also of sets that failed
	Freed     int64 // bytes of deleted sets
	Elapsed   time.Duration
	Waited    time.Duration // of that, until lost uploads could write no more
	// Known are the records that were left at destinations, by name.
	Known map[string]*known.Record
}

// Outcome is the result of one change, cleanup or root.
type Outcome struct {
	Address  string
	Action   diff.Action // 0 for a cleanup or a root
	Bytes    int64
	Freed    int64 // bytes, by a delete
	Status   Status
	Earlier  bool     // an earlier run of this plan did all of it
	Err      error    // where Status is none of StatusPending and StatusDone
	Warnings []string // what a person should look at although it is no failure; escaped
}

// Status is how far a change got.
type Status string

// The statuses.
const (
	StatusPending   Status = "pending" // the apply ended before it
	StatusDone      Status = "done"
	StatusFailed    Status = "failed"
	StatusCancelled Status = "cancelled"
	StatusSkipped   Status = "skipped"   // in use at the source; no failure
	StatusPostponed Status = "postponed" // a restore reads the set, or one that this change follows; no failure
)

// Failures are the outcomes that failed or were cancelled.
func (r Result) Failures() []Outcome {
	var failed []Outcome
	for _, o := range r.Outcomes {
		if o.Status == StatusFailed || o.Status == StatusCancelled {
			failed = append(failed, o)
		}
	}
	return failed
}

// err is nil or wraps ErrPartial.
func (r Result) Err() error {
	if len(r.Failures()) == 0 {
		return nil
	}
	failed, all := r.changes()
	if left := len(r.Failures()) - failed; left > 0 && failed == 0 {
		return fmt.Errorf("%w: %d of the cleanups and root setups", ErrPartial, left)
	}
	return fmt.Errorf("%w: %d of %d", ErrPartial, failed, all)
}

// changes are those that failed or were cancelled, of all that the plan counts: no
// cleanup, and no root.
func (r Result) changes() (failed, all int) {
	for _, o := range r.Outcomes {
		if o.Action == 0 {
			continue
		}
		all++
		if o.Status == StatusFailed || o.Status == StatusCancelled {
			failed++
		}
	}
	return failed, all
}

// Failed is how many changes failed or were cancelled.
func (r Result) Failed() int {
	failed, _ := r.changes()
	return failed
}

func (r *Result) Count(o Outcome) {
	if o.Earlier && o.Action != 0 {
		r.Earlier++
	}
	switch o.Action {
	case diff.Create:
		r.Added++
	case diff.Update:
		r.Changed++
	case diff.Delete:
		r.Destroyed++
		r.Freed += o.Freed
	}
}
