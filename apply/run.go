package apply

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/vmxsync/vmxsync/apply/journal"
	"github.com/vmxsync/vmxsync/apply/lock"
	"github.com/vmxsync/vmxsync/apply/preflight"
	"github.com/vmxsync/vmxsync/apply/step"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/state/known"
)

// Run carries out the plan. Its error is nil, or wraps ErrRefused, ErrStale, ErrApplied
// or lock.ErrHeld (nothing was changed), lock.ErrLost (another apply took over; the
// next run continues as after a crash), ErrPartial (see Result), the error of ctx (the
// same plan and journal continue from here), or is that of Before, of a place which
// could not be read at all, or of the journal. Where only some groups cannot be read,
// their changes fail.
func Run(ctx context.Context, plan *diff.Plan, opts Options) (Result, error) {
	x, err := prepare(plan, opts)
	if err != nil {
		return Result{}, err
	}
	began := x.opts.Now()
	begun, err := x.locked(ctx)
	if !begun {
		return Result{}, err
	}
	result := x.result(began)
	x.tell(Finished{result})
	if err == nil {
		err = result.err()
	}
	return result, err
}

// locked works under the locks of all destinations that change. The loss of one lock
// cancels the work everywhere.
func (x *executor) locked(ctx context.Context) (begun bool, err error) {
	if preflight.Recorded(x.envs(), x.journal) {
		x.finishRecord(ctx)
		return false, ErrApplied
	}
	ctx, lose := context.WithCancelCause(ctx)
	defer lose(nil)
	defer x.unlockAll(ctx)
	if err := x.lockAll(ctx, lose); err != nil {
		return false, err
	}
	begun, err = x.perform(ctx)
	switch {
	case begun && err == nil:
		x.recordAll(ctx)
	case begun && errors.Is(ctx.Err(), context.DeadlineExceeded):
		x.recordCut(ctx)
	case errors.Is(err, ErrApplied):
		x.finishRecord(ctx)
	}
	if lost := context.Cause(ctx); err != nil && errors.Is(lost, lock.ErrLost) {
		err = lost
	}
	return begun, err
}

func (x *executor) perform(ctx context.Context) (begun bool, err error) {
	if err := x.check(ctx); err != nil {
		return false, err
	}
	if err := x.before(ctx); err != nil {
		return false, err
	}
	if err := x.readFindings(ctx); err != nil {
		return false, err
	}
	if err := x.begin(); err != nil {
		return false, err
	}
	return true, x.work(ctx)
}

// Check does the checks before the first step, and nothing else. Its errors are those
// of Run; ErrPartial names the groups that cannot be read.
func Check(ctx context.Context, plan *diff.Plan, opts Options) error {
	x, err := prepare(plan, opts)
	if err != nil {
		return err
	}
	if preflight.Recorded(x.envs(), x.journal) {
		return ErrApplied
	}
	if err := x.lookAtLocks(ctx); err != nil {
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
	jobs     []*job                   // in the order of work
	owners   map[string]*job          // of steps, by id
	found    []string                 // steps that a lost journal had recorded as started
	unread   map[string]error         // scopes whose groups could not be read
	lost     map[string]error         // destinations that could not be read
	findings step.Findings            // copies that were found damaged
	skewed   map[string]error         // destinations whose clock forbids deletes
	learned  map[string]*step.Learned // by place
	listed   time.Time                // when this run began to list
	locks    map[string]*lock.Lock
	uploaded atomic.Int64
	waited   atomic.Int64 // nanoseconds
	telling  sync.Mutex

	recordsLeft map[string]*known.Record // by destination
	cut         bool                     // time was up before the end

	announced map[string]*announcement // by place

	recording sync.Mutex // one record is written at a time

	ending sync.Mutex        // of outcomes and findings
	failed *job              // the first that failed
	full   map[string][]*job // by place: newest sets of a VM that found no room there
	slots  chan struct{}     // one for each step that may be done at once; nil: any number
}

func prepare(plan *diff.Plan, opts Options) (*executor, error) {
	if plan.Refused() {
		return nil, ErrRefused
	}
	x := &executor{
		plan: plan, opts: opts.withDefaults(), owners: map[string]*job{}, locks: map[string]*lock.Lock{},
		recordsLeft: map[string]*known.Record{},

		unread: map[string]error{}, lost: map[string]error{}, skewed: map[string]error{}, learned: map[string]*step.Learned{},
		full: map[string][]*job{}, announced: map[string]*announcement{},
	}
	for _, p := range plan.Places {
		x.announced[p.Name] = &announcement{}
	}
	x.journal = x.opts.Journal
	if x.opts.Parallelism > 0 {
		x.slots = make(chan struct{}, x.opts.Parallelism)
	}
	if run := x.journal.Run(); run != opts.Run || run == "" {
		return nil, fmt.Errorf("the journal belongs to run %q, not to run %q", run, opts.Run)
	}
	return x, x.buildJobs()
}

// check compares the places with the plan; ErrApplied means that nothing is left to do.
func (x *executor) check(ctx context.Context) error {
	x.listed = x.opts.Now()
	report, err := preflight.Check(ctx, preflight.Input{
		Plan: x.plan, Jobs: x.envs(), Stores: x.opts.Stores, Missing: x.opts.Missing, Unlocked: x.lost,
		Journal: x.journal, Parallelism: x.opts.Parallelism,
	})
	x.found, x.lost, x.unread = report.Found, report.Lost, report.Unread
	for _, j := range x.jobs {
		j.progress = report.Progress[&j.Env]
	}
	return err
}

// envs are what the steps of each job may know.
func (x *executor) envs() []*step.Env {
	all := make([]*step.Env, len(x.jobs))
	for i, j := range x.jobs {
		all[i] = &j.Env
	}
	return all
}

// begin records in the journal the steps that were found done at the places.
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
		return nil // what was started there is unknown
	}
	return x.journal.Begin()
}

func (x *executor) tell(e Event) {
	x.telling.Lock()
	defer x.telling.Unlock()
	x.opts.Events(e)
}
