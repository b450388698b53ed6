package apply

import (
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/vmxsync/vmxsync/apply/event"
	"github.com/vmxsync/vmxsync/apply/outcome"
	"github.com/vmxsync/vmxsync/apply/preflight"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
)

// outcomes is how the jobs of a run end. Several jobs may end at once.
type outcomes struct {
	tell     func(event.Event)
	failFast bool

	mu     sync.Mutex
	failed *job              // the first that failed
	full   map[string][]*job // by place: newest sets of a VM that found no room there
}

func (o *outcomes) done(j *job) {
	o.conclude(j, outcome.StatusDone, nil)
	o.tell(event.ChangeDone{Address: j.Address, Action: j.Change.Action, Bytes: j.outcome.Bytes, Earlier: j.outcome.Earlier})
}

func (o *outcomes) fail(j *job, err error) {
	o.conclude(j, outcome.StatusFailed, err)
	o.tell(event.Failed{Address: j.Address, Err: err})
}

func (o *outcomes) skip(j *job, err error) {
	o.conclude(j, outcome.StatusSkipped, err)
	o.tell(event.Skipped{Address: j.Address, Err: err})
}

// postpone leaves a job to a later apply. That is a warning, and no failure.
func (o *outcomes) postpone(j *job, err error) {
	o.conclude(j, outcome.StatusPostponed, err)
	o.warn(j, fmt.Sprintf("postponed to a later apply: %v", err))
	o.tell(event.Postponed{Address: j.Address, Err: err})
}

func (o *outcomes) cancel(j, because *job) {
	err := fmt.Errorf("%s: %w, because %s failed", j.Address, outcome.ErrCancelled, because.Address)
	o.conclude(j, outcome.StatusCancelled, err)
	o.tell(event.Cancelled{Address: j.Address, Err: err})
}

// conclude notes how a job ended.
func (o *outcomes) conclude(j *job, s outcome.Status, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	j.outcome.Status, j.outcome.Err = s, err
	if s == outcome.StatusFailed && o.failed == nil {
		o.failed = j
	}
}

// warn adds what a person should look at.
func (o *outcomes) warn(j *job, text string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	j.outcome.Warnings = append(j.outcome.Warnings, text)
}

func (o *outcomes) ended(j *job) outcome.Status {
	o.mu.Lock()
	defer o.mu.Unlock()
	return j.outcome.Status
}

// failure is the error of a job that failed; nil for any other.
func (o *outcomes) failure(j *job) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if j.outcome.Status != outcome.StatusFailed {
		return nil
	}
	return j.outcome.Err
}

// stopper is the job whose failure stops all further jobs; nil if no job did.
func (o *outcomes) stopper() *job {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.failFast {
		return nil
	}
	return o.failed
}

// othersWait reports whether other uploads to the place of a job are not done; also those
// that failed before, for a later run.
func (o *outcomes) othersWait(j *job, there []*job) bool {
	for _, other := range there {
		if other != j && other.Has(diff.OpPut) && other.progress != preflight.Finished && o.ended(other) != outcome.StatusDone {
			return true
		}
	}
	return false
}

// noteFull notes that the place has no room for the newest set of a VM.
func (o *outcomes) noteFull(c *chain, j *job) {
	if j == c.newest && errors.Is(j.outcome.Err, providers.ErrFull) {
		o.mu.Lock()
		defer o.mu.Unlock()
		o.full[j.Place.Name] = append(o.full[j.Place.Name], j)
	}
}

// width is how many jobs of a chain may be done at once, of so many: one where the newest
// set found no room. A smaller one may still fit, but not beside others.
func (o *outcomes) width(c *chain, most int) int {
	o.mu.Lock()
	defer o.mu.Unlock()
	if c.newest != nil && slices.Contains(o.full[c.newest.Place.Name], c.newest) {
		return 1
	}
	return most
}

// firstWithoutRoom is the upload of the newest set of another VM that found no room at
// the place; nil if no upload did. An older set must not take the room that the newest
// one of another VM will need.
func (o *outcomes) firstWithoutRoom(c *chain, place string) *job {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, j := range o.full[place] {
		if j != c.newest {
			return j
		}
	}
	return nil
}
