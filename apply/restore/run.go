package restore

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/vmxsync/vmxsync/apply/event"
	"github.com/vmxsync/vmxsync/diff/restore"
	"github.com/vmxsync/vmxsync/providers"
)

// ErrPartial: some sets could not be restored, the others are.
var ErrPartial = errors.New("some sets were not restored")

// Target is the folder that sets are restored to.
type Target interface {
	providers.Store
	providers.Editor
}

// Options are what a restore needs besides its plan.
type Options struct {
	// Stores are the opened places of the plan, by name; they stay open. A place that is
	// not among them is not asked.
	Stores map[string]providers.Store
	Target Target
	// Events receives each event, one call at a time; nil is allowed.
	Events func(event.Event)
	// Parallelism is the most transfers at once; 0 leaves it to the places.
	Parallelism int
	// Pause waits before a transfer that broke is tried again; tries are counted from 1. nil
	// means as providers do.
	Pause func(ctx context.Context, try int) error
}

// Result describes the outcome of a restore.
type Result struct {
	Sets    []Outcome // in the order of the plan, as far as the restore came
	Fetched int64     // bytes that were read from places
	Kept    int64     // bytes that were there and proven
	Elapsed time.Duration
}

// Outcome is that of one set.
type Outcome struct {
	Address   string
	Folder    string // from the target
	Unchanged bool   // it was there, as the plan wants it
	Err       error  // nil if it is there now
}

// Failures are the outcomes of the sets that are not there.
func (r Result) Failures() (failed []Outcome) {
	for _, o := range r.Sets {
		if o.Err != nil {
			failed = append(failed, o)
		}
	}
	return failed
}

// run is one restore at work.
type run struct {
	Options
	plan     *restore.Plan
	mu       sync.Mutex // of Events
	fetched  atomic.Int64
	kept     atomic.Int64
	zeroSums sync.Map // blocks.Sum by length
}

// Run restores the sets of the plan, one after the other. A set that fails does not hold up
// the others: the error is then ErrPartial.
func Run(ctx context.Context, plan *restore.Plan, o Options) (Result, error) {
	began := time.Now()
	r := &run{Options: o, plan: plan}
	if r.Pause == nil {
		r.Pause = pause
	}
	r.tell(event.Started{Changes: len(plan.Sets), Bytes: plan.Bytes()})
	var result Result
	for _, s := range plan.Sets {
		if ctx.Err() != nil {
			break
		}
		out := Outcome{Address: s.Address(), Folder: s.Folder}
		r.tell(event.Restoring{Address: out.Address, Folder: s.Folder, Bytes: s.Bytes()})
		out.Unchanged, out.Err = r.set(ctx, s)
		if ctx.Err() != nil {
			break // the same command goes on
		}
		result.Sets = append(result.Sets, out)
		if out.Err != nil {
			r.tell(event.Failed{Address: out.Address, Err: out.Err})
			continue
		}
		r.tell(event.Restored{Address: out.Address, Folder: s.Folder, Bytes: s.Bytes(), Unchanged: out.Unchanged})
	}
	result.Fetched, result.Kept, result.Elapsed = r.fetched.Load(), r.kept.Load(), time.Since(began)
	r.tell(event.RestoreEnded{Sets: len(result.Sets) - len(result.Failures()), Failed: len(result.Failures()), Fetched: result.Fetched, Kept: result.Kept, Elapsed: result.Elapsed})
	if err := ctx.Err(); err != nil {
		return result, err
	}
	if len(result.Failures()) > 0 {
		return result, ErrPartial
	}
	return result, nil
}

func (r *run) tell(e event.Event) {
	if r.Events == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.Events(e)
}

// tries is how often a place is asked again that made no progress.
const tries = 3

// pause is a short one, and then a longer one, so that a server may be restarted meanwhile.
func pause(ctx context.Context, try int) error {
	return providers.Sleep(ctx, time.Duration(try*try)*time.Second)
}
