package apply

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/vmxsync/vmxsync/apply/journal"
	"github.com/vmxsync/vmxsync/diff"
)

// Run carries out the plan. Its error is nil, or wraps ErrRefused, ErrStale or
// ErrApplied (nothing was touched), ErrPartial (see Result), the error of ctx (the same
// plan and journal go on from here), or is that of a place which could not be
// read at all, or of the journal. Where only some groups cannot be read, their
// changes fail.
func Run(ctx context.Context, plan *diff.Plan, opts Options) (Result, error) {
	x, err := prepare(plan, opts)
	if err != nil {
		return Result{}, err
	}
	began := x.opts.Now()
	if err := x.check(ctx); err != nil {
		return Result{}, err
	}
	if err := x.begin(); err != nil {
		return Result{}, err
	}
	err = x.work(ctx)
	result := x.result(began)
	x.tell(Finished{result})
	if err == nil {
		err = result.err()
	}
	return result, err
}

// Check does all the checks that come before the first step, and nothing else.
// Its errors are those of Run; ErrPartial names the groups that cannot be read.
func Check(ctx context.Context, plan *diff.Plan, opts Options) error {
	x, err := prepare(plan, opts)
	if err != nil {
		return err
	}
	if err := x.check(ctx); err != nil {
		return err
	}
	return x.partly()
}

// executor carries out one plan once.
type executor struct {
	plan     *diff.Plan
	opts     Options
	journal  *journal.Journal
	jobs     []*job           // in the order of work
	owners   map[string]*job  // of steps, by id
	found    []string         // steps whose start a lost journal had known
	unread   map[string]error // scopes whose groups could not be read
	lost     map[string]error // destinations that could not be read
	listed   time.Time        // when this run began to list
	uploaded atomic.Int64
	waited   atomic.Int64 // nanoseconds
	telling  sync.Mutex
	ending   sync.Mutex    // of outcomes
	turns    chan struct{} // one for each step that may be done at once; nil: any number
}

func prepare(plan *diff.Plan, opts Options) (*executor, error) {
	if plan.Refused() {
		return nil, ErrRefused
	}
	x := &executor{plan: plan, opts: opts.withDefaults(), owners: map[string]*job{}, unread: map[string]error{}, lost: map[string]error{}}
	x.journal = x.opts.Journal
	if x.opts.Parallelism > 0 {
		x.turns = make(chan struct{}, x.opts.Parallelism)
	}
	if run := x.journal.Run(); run != opts.Run || run == "" {
		return nil, fmt.Errorf("journal of run %q, want that of run %q", run, opts.Run)
	}
	return x, x.plot()
}

// check compares the world with the plan and tells whether anything is left.
func (x *executor) check(ctx context.Context) error {
	if x.recorded() {
		return ErrApplied
	}
	x.listed = x.opts.Now()
	if err := x.survey(ctx); err != nil {
		return err
	}
	if x.applied(ctx) {
		return ErrApplied
	}
	return ctx.Err()
}

// begin makes the journal know what the world was found to know.
func (x *executor) begin() error {
	if x.journal.Begun() {
		return nil
	}
	for _, id := range x.found {
		if err := x.journal.Started(id); err != nil {
			return err
		}
	}
	if len(x.unread)+len(x.lost) > 0 {
		return nil // what was started there is not known
	}
	return x.journal.Begin()
}

func (x *executor) tell(e Event) {
	x.telling.Lock()
	defer x.telling.Unlock()
	x.opts.Events(e)
}
