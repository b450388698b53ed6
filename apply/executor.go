package apply

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/vmxsync/vmxsync/apply/event"
	"github.com/vmxsync/vmxsync/apply/journal"
	"github.com/vmxsync/vmxsync/apply/locks"
	"github.com/vmxsync/vmxsync/apply/outcome"
	"github.com/vmxsync/vmxsync/apply/preflight"
	"github.com/vmxsync/vmxsync/apply/record"
	"github.com/vmxsync/vmxsync/apply/task"
	"github.com/vmxsync/vmxsync/diff"
)

// executor carries out one plan once. It joins the parts of a run, each of which knows
// what it is given and not the executor.
type executor struct {
	plan     *diff.Plan
	opts     Options
	journal  *journal.Journal
	jobs     jobs
	found    []string                 // steps that a lost journal had recorded as started
	listed   time.Time                // when this run began to list
	learned  map[string]*task.Learned // by place
	findings task.Findings            // copies that were found damaged
	fetching chan struct{}            // see task.Env
	stops    obstacles
	outcomes outcomes
	locks    *locks.Locks
	recorder *record.Recorder
	records  record.Run

	telling  sync.Mutex
	uploaded atomic.Int64
	waited   atomic.Int64 // nanoseconds
}

func prepare(plan *diff.Plan, opts Options) (*executor, error) {
	if plan.Refused() {
		return nil, ErrRefused
	}
	x := &executor{plan: plan, opts: opts.withDefaults(), learned: map[string]*task.Learned{}, fetching: make(chan struct{}, 1)}
	x.journal = x.opts.Journal
	x.stops = obstacles{map[string]error{}, map[string]error{}, map[string]error{}}
	x.outcomes = outcomes{tell: x.tell, failFast: opts.FailFast, full: map[string][]*job{}}
	x.locks = &locks.Locks{Machine: x.opts.Machine, Stores: x.opts.Stores, Patience: x.opts.LockTimeout, Now: x.opts.Now, Tell: x.tell}
	x.records = record.Run{
		Plan: plan, ID: x.opts.Run, Began: x.opts.Began, Stores: x.opts.Stores, Locks: x.locks,
		Work: ledger{&x.jobs, &x.stops, &x.outcomes}, Tell: x.tell, Recorded: x.opts.Recorded,
	}
	x.recorder = record.NewRecorder(x.records, &x.findings)
	if run := x.journal.Run(); run != opts.Run || run == "" {
		return nil, fmt.Errorf("the journal belongs to run %q, not to run %q", run, opts.Run)
	}
	return x, x.build()
}

func (x *executor) build() (err error) {
	x.jobs, err = buildJobs(x.plan, x.opts, x.newEnv)
	return err
}

// newEnv is what the steps of a job may know.
func (x *executor) newEnv(j *job, of task.Job) task.Env {
	place := of.Place.Name
	if x.learned[place] == nil {
		x.learned[place] = &task.Learned{}
	}
	return task.Env{
		Job: of, Run: x.opts.Run, Owner: x.plan.Name, Store: x.opts.Stores[place], Source: j.Source, From: j.From, Fetching: x.fetching,
		Journal: x.journal, Sent: x.opts.Sent, Block: x.opts.Block, Upload: &task.Upload{}, Learned: x.learned[place], Findings: &x.findings,
		Now: x.opts.Now, Dated: x.opts.dated, Wait: x.opts.Wait,
		Guard:    func(ctx context.Context) error { return x.guard(ctx, j) },
		Clock:    func(ctx context.Context) (time.Time, error) { return x.locks.Clock(ctx, place) },
		Emit:     func(e event.Event) { x.report(j, e) },
		Uploaded: func(bytes int64) { x.uploaded.Add(bytes) },
	}
}

// env is newEnv for a step that is about to be done.
func (x *executor) env(j *job) task.Env {
	e := j.Env
	e.Listed = x.listed
	if !j.Has(diff.OpPrune) {
		return e
	}
	e.Destinations = map[string]task.Destination{}
	for _, name := range j.destinations() {
		if place, known := x.plan.Place(name); known {
			e.Destinations[name] = task.Destination{Place: place, Store: x.opts.Stores[name], Err: x.stops.toCount(name, j.Key.VM)}
		}
	}
	return e
}

func (x *executor) worker() *worker {
	steps := &stepper{most: x.opts.Parallelism, journal: x.journal, env: x.env, damage: x.recorder.Damage, tell: x.tell}
	if x.opts.Parallelism > 0 {
		steps.slots = make(chan struct{}, x.opts.Parallelism)
	}
	return &worker{plan: x.plan, stores: x.opts.Stores, most: x.opts.Parallelism, jobs: &x.jobs, stops: &x.stops, steps: steps, outcomes: &x.outcomes, announcer: record.NewAnnouncer(x.records), tell: x.tell}
}

// check compares the places with the plan; ErrApplied means that nothing is left to do.
func (x *executor) check(ctx context.Context) error {
	x.listed = x.opts.Now()
	report, err := preflight.Check(ctx, preflight.Input{
		Plan: x.plan, Jobs: x.jobs.envs(), Stores: x.opts.Stores, Missing: x.opts.Missing, Unlocked: x.stops.lost,
		Journal: x.journal,
	})
	x.found, x.stops.lost, x.stops.unread = report.Found, report.Lost, report.Unread
	for _, j := range x.jobs.all {
		j.progress = report.Progress[&j.Env]
	}
	return err
}

// before calls the caller's hook and then forgets what was read so far: the places are
// compared with the plan as if for the first time.
func (x *executor) before(ctx context.Context) error {
	if x.opts.Before == nil {
		return nil
	}
	if err := x.opts.Before(ctx); err != nil {
		return err
	}
	x.stops.unread, x.stops.lost = map[string]error{}, map[string]error{}
	if err := x.build(); err != nil {
		return err
	}
	return x.check(ctx)
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
	if len(x.stops.unread)+len(x.stops.lost) > 0 {
		return nil // what was started there is unknown
	}
	return x.journal.Begin()
}

// result adds up the outcomes of the jobs.
func (x *executor) result(began time.Time) outcome.Result {
	r := outcome.Result{Uploaded: x.uploaded.Load(), Elapsed: x.opts.Now().Sub(began), Waited: time.Duration(x.waited.Load()), Known: x.recorder.Left()}
	for _, j := range x.jobs.all {
		r.Outcomes = append(r.Outcomes, j.outcome)
		if j.outcome.Status == outcome.StatusDone {
			r.Count(j.outcome)
		}
	}
	return r
}

func (x *executor) tell(e event.Event) {
	x.telling.Lock()
	defer x.telling.Unlock()
	x.opts.Events(e)
}
