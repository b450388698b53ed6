package record

import (
	"context"
	"errors"
	"sync"
	"unicode/utf8"

	"github.com/vmxsync/vmxsync/apply/event"
	"github.com/vmxsync/vmxsync/apply/lock"
	"github.com/vmxsync/vmxsync/apply/remote"
	"github.com/vmxsync/vmxsync/apply/task"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/grace"
	"github.com/vmxsync/vmxsync/state/known"
	"github.com/vmxsync/vmxsync/state/read"
)

// Recorder leaves at destinations the records of what is complete there.
type Recorder struct {
	run      Run
	findings *task.Findings

	mu   sync.Mutex               // one record is written at a time
	left map[string]*known.Record // by destination
	cut  bool                     // time was up before the end

	reading sync.Mutex
	read    map[string]last // by destination, as of the lock that is held
}

// NewRecorder returns the recorder of a run, which shares its findings with the steps.
func NewRecorder(run Run, findings *task.Findings) *Recorder {
	return &Recorder{run: run, findings: findings, left: map[string]*known.Record{}, read: map[string]last{}}
}

// Left are the records that were left, by destination.
func (r *Recorder) Left() map[string]*known.Record { return r.left }

// All leaves the record at each destination of which the plan has one, and remembers what
// it left.
func (r *Recorder) All(ctx context.Context) {
	for _, p := range r.run.Plan.Places {
		store := r.run.Stores[p.Name]
		if p.Known == nil || store == nil || r.run.Work.Lost(p.Name) || ctx.Err() != nil || r.cut && !r.isOurs(p) {
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
				r.run.Tell(event.Unrecorded{Destination: p.Name, Err: err})
			}
		}
	}
}

// isAway reports whether a place cannot be reached, and a change there has failed of that
// already: it is reported once.
func (r *Recorder) isAway(p diff.Place, err error) bool {
	return errors.Is(err, providers.ErrUnreachable) && r.run.Work.Unreachable(p.Name)
}

// isOurs reports whether the root was that of the plan, or this run has made it so.
func (r *Recorder) isOurs(p diff.Place) bool {
	return p.Owner == r.run.Plan.Name || p.Own && r.run.Work.Claimed(p.Name)
}

// AllCut leaves the records of an apply whose time is up: the next one may be cut as
// well, and no record would have its uploads and deletes. The list of planned deletes
// stays for those that were under way.
func (r *Recorder) AllCut(ctx context.Context) {
	r.cut = true
	ctx, cancel := grace.Detached(ctx)
	defer cancel()
	r.All(ctx)
}

// Finish writes the record if an earlier run of an applied plan died before it did.
func (r *Recorder) Finish(ctx context.Context) {
	for _, p := range r.run.Plan.Places {
		store := r.run.Stores[p.Name]
		if p.Known == nil || store == nil {
			continue
		}
		last, pending, err := read.Known(ctx, store, p.WorkDir)
		if err != nil && !errors.Is(err, known.ErrTorn) || last != nil && last.Run != r.run.ID && last.Seq >= p.Known.Seq {
			continue // unreadable, or another apply has come since
		}
		_, going, err := remote.Entry(ctx, store, p.WorkDir.Going())
		if err == nil && (going || pending || !r.facts(p).Ended(last)) {
			_, _ = r.at(ctx, store, p)
		}
	}
}

// Damage notes a damaged copy that a step has found, and records it at its destination: a
// run that dies then loses at most the last finding.
func (r *Recorder) Damage(ctx context.Context, found error) {
	e, ok := errors.AsType[*task.DamagedError](found)
	if !ok {
		return
	}
	p := e.Copy.Place
	r.add(p, []known.Finding{known.NewFinding(e.Key.AsRecorded(), e.Was, e.File, e.Why, r.run.ID, r.run.Began)})
	if !utf8.ValidString(e.Key.VM) { // no record can name it
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	left, err := r.at(ctx, e.Copy.Store, p)
	if err != nil && ctx.Err() == nil && !errors.Is(err, lock.ErrHeld) { // its holder judges for itself
		r.run.Tell(event.Unrecorded{Destination: p.Name, Err: err})
	}
	if left == nil && p.Known != nil {
		left = r.facts(p).Next(nil) // for this machine
	}
	if left != nil {
		r.left[p.Name] = left
		r.run.Recorded(p, left)
	}
}

// at writes the record of one destination under its lock.
func (r *Recorder) at(ctx context.Context, store providers.Store, p diff.Place) (*known.Record, error) {
	proven := r.isOurs(p) && r.run.Locks.Holds(p.Name)
	held, release, err := r.run.Locks.Borrow(ctx, p)
	if err != nil {
		return nil, err
	}
	defer release()
	defer r.forgetLast(p)
	return r.facts(p).Leave(ctx, store, held, proven, func() last { return r.readLast(ctx, store, p) })
}

// facts are what this run knows of a destination by now.
func (r *Recorder) facts(p diff.Place) Facts {
	return Facts{Plan: r.run.Plan, Run: r.run.ID, Place: p, Findings: r.findings.At(p.Name), Changes: r.run.Work.Changes(p.Name), Cut: r.cut}
}
