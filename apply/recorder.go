package apply

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/vmxsync/vmxsync/apply/event"
	"github.com/vmxsync/vmxsync/apply/lock"
	"github.com/vmxsync/vmxsync/apply/record"
	"github.com/vmxsync/vmxsync/apply/remote"
	"github.com/vmxsync/vmxsync/apply/task"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state/known"
	"github.com/vmxsync/vmxsync/state/read"
)

// recorder leaves at destinations the records of what is complete there.
type recorder struct {
	plan     *diff.Plan
	opts     Options
	jobs     *jobs
	locks    *locks
	stops    *obstacles
	outcomes *outcomes
	findings *task.Findings
	tell     func(event.Event)

	mu   sync.Mutex               // one record is written at a time
	left map[string]*known.Record // by destination
	cut  bool                     // time was up before the end
}

// all leaves the record at each destination of which the plan has one, and remembers what
// it left.
func (r *recorder) all(ctx context.Context) {
	for _, p := range r.plan.Places {
		store := r.opts.Stores[p.Name]
		if p.Known == nil || store == nil || r.stops.lost[p.Name] != nil || ctx.Err() != nil || r.cut && !r.isOurs(p) {
			continue
		}
		left, err := r.at(ctx, store, p)
		switch {
		case err == nil:
			r.left[p.Name] = left
		case errors.Is(err, lock.ErrHeld): // its holder writes it
		case ctx.Err() == nil:
			r.left[p.Name] = r.facts(p).Next(nil) // for this machine
			if !r.isAway(p, err) {
				r.tell(event.Unrecorded{Destination: p.Name, Err: err})
			}
		}
	}
}

// isAway reports whether a place cannot be reached, and a change there has failed of that
// already: it is reported once.
func (r *recorder) isAway(p diff.Place, err error) bool {
	return errors.Is(err, providers.ErrUnreachable) && slices.ContainsFunc(r.jobs.at[p.Name], func(j *job) bool {
		return errors.Is(r.outcomes.failure(j), providers.ErrUnreachable)
	})
}

// isOurs reports whether the root was that of the plan, or this run has made it so.
func (r *recorder) isOurs(p diff.Place) bool {
	return p.Owner == r.plan.Name || p.Own && slices.ContainsFunc(r.jobs.at[p.Name], func(j *job) bool {
		s, owns := j.First(diff.OpOwn)
		return owns && j.isDone(s.ID)
	})
}

// afterTime bounds how long an apply goes on whose time is up, to leave its records.
const afterTime = 20 * time.Second

// allCut leaves the records of an apply whose time is up: the next one may be cut as
// well, and no record would have its uploads and deletes. The list of planned deletes
// stays for those that were under way.
func (r *recorder) allCut(ctx context.Context) {
	r.cut = true
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), afterTime)
	defer cancel()
	r.all(ctx)
}

// finish writes the record if an earlier run of an applied plan died before it did.
func (r *recorder) finish(ctx context.Context) {
	for _, p := range r.plan.Places {
		store := r.opts.Stores[p.Name]
		if p.Known == nil || store == nil {
			continue
		}
		last, pending, err := read.Known(ctx, store, p.WorkDir)
		if err != nil && !errors.Is(err, known.ErrTorn) || last != nil && last.Run != r.opts.Run && last.Seq >= p.Known.Seq {
			continue // unreadable, or another apply has come since
		}
		_, going, err := remote.Entry(ctx, store, p.WorkDir.Going())
		if err == nil && (going || pending || !r.facts(p).Ended(last)) {
			_, _ = r.at(ctx, store, p)
		}
	}
}

// damage notes a damaged copy that a step has found, and records it at its destination: a
// run that dies then loses at most the last finding.
func (r *recorder) damage(ctx context.Context, found error) {
	e, ok := errors.AsType[*task.DamagedError](found)
	if !ok {
		return
	}
	p := e.Copy.Place
	r.add(p, []known.Finding{known.NewFinding(e.Key.AsRecorded(), e.Was, e.File, e.Why, r.opts.Run, r.opts.Began)})
	if !utf8.ValidString(e.Key.VM) { // no record can name it
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	left, err := r.at(ctx, e.Copy.Store, p)
	if err != nil && ctx.Err() == nil && !errors.Is(err, lock.ErrHeld) { // its holder judges for itself
		r.tell(event.Unrecorded{Destination: p.Name, Err: err})
	}
	if left == nil && p.Known != nil {
		left = r.facts(p).Next(nil) // for this machine
	}
	if left != nil {
		r.left[p.Name] = left
		r.opts.Recorded(p, left)
	}
}

// at writes the record of one destination under its lock.
func (r *recorder) at(ctx context.Context, store providers.Store, p diff.Place) (*known.Record, error) {
	proven := p.Owner == r.plan.Name && r.locks.holds(p.Name)
	held, release, err := r.locks.borrow(ctx, p)
	if err != nil {
		return nil, err
	}
	defer release()
	return r.facts(p).Leave(ctx, store, held, proven)
}

// facts are what this run knows of a destination by now.
func (r *recorder) facts(p diff.Place) record.Facts {
	f := record.Facts{Plan: r.plan, Run: r.opts.Run, Place: p, Findings: r.findings.At(p.Name), Cut: r.cut}
	for _, j := range r.jobs.at[p.Name] {
		if j.Change.Address == "" {
			continue
		}
		_, goes := j.Deletion()
		c := record.Change{Change: j.Change, Key: j.Key, Deletes: goes, Deleted: j.deleted(), Landed: j.landed(), Aside: j.Has(diff.OpAside), Moves: j.moved()}
		if c.Landed {
			c.Files = j.Payload()
		}
		f.Changes = append(f.Changes, c)
	}
	return f
}
