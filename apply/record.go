package apply

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/vmxsync/vmxsync/apply/lock"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/known"
	"github.com/vmxsync/vmxsync/state/read"
)

// What is complete at a destination is recorded there at the end of an apply. A failure
// of that is no failure of the apply: without the record the next reading compares with
// an older one, or with none.

// announcement is the state of the list of the planned deletes at a place.
type announcement struct {
	mu    sync.Mutex
	tries int
	made  bool
}

// announce records which sets of a destination this run may delete, or has already
// deleted, before it deletes the first one there: if it dies, the next reading does not
// report them as vanished. No other destination waits for it.
func (x *executor) announce(ctx context.Context, p diff.Place) {
	a := x.announced[p.Name]
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.tries == 0 {
		x.tryAnnounce(ctx, p, a)
	}
}

// announceAgain tries once more after the first delete: a place that was full may have
// room for the list by then.
func (x *executor) announceAgain(ctx context.Context, p diff.Place) {
	a := x.announced[p.Name]
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.tries == 1 && !a.made {
		x.tryAnnounce(ctx, p, a)
	}
}

func (x *executor) tryAnnounce(ctx context.Context, p diff.Place, a *announcement) {
	a.tries++
	var keys []known.Key
	more := a.tries > 1
	for _, j := range x.jobs {
		s, goes := j.deletionStep()
		if goes && j.place.Name == p.Name && (x.isDone(s.ID) || x.obstacle(j) == nil) {
			keys, more = append(keys, j.key.AsRecorded()), more || !x.isDone(s.ID)
		}
	}
	if !more || x.opts.Machine != nil && x.locks[p.Name] == nil {
		a.made = true // none is needed
		return
	}
	err := x.announceAt(ctx, p, keys)
	if a.made = err == nil; !a.made && a.tries == 1 && ctx.Err() == nil {
		x.tell(Unrecorded{p.Name, err})
	}
}

// announceAt adds to what an apply has announced that died since the last record: no
// record contains its deletes yet.
func (x *executor) announceAt(ctx context.Context, p diff.Place, keys []known.Key) error {
	store := x.opts.Stores[p.Name]
	if p.Going {
		before, _ := read.Going(ctx, store, p.WorkDir) // of a list that cannot be read, none
		keys = append(keys, before...)
	}
	slices.SortFunc(keys, known.Key.Compare)
	return store.Put(ctx, p.WorkDir.Going(), bytesBody(known.EncodeKeys(slices.Compact(keys))))
}

// mayDelete reports whether the plan deletes a set at a destination.
func (x *executor) mayDelete(p diff.Place) bool {
	return slices.ContainsFunc(x.jobs, func(j *job) bool {
		_, goes := j.deletionStep()
		return goes && j.place.Name == p.Name
	})
}

// recordAll leaves the record at each destination of which the plan has one, and
// remembers what it left.
func (x *executor) recordAll(ctx context.Context) {
	for _, p := range x.plan.Places {
		store := x.opts.Stores[p.Name]
		if p.Known == nil || store == nil || x.lost[p.Name] != nil || ctx.Err() != nil || x.cut && !x.isOurs(p) {
			continue
		}
		left, err := x.recordAt(ctx, store, p)
		switch {
		case err == nil:
			x.recordsLeft[p.Name] = left
		case errors.Is(err, lock.ErrHeld): // its holder writes it
		case ctx.Err() == nil:
			x.recordsLeft[p.Name] = x.newRecord(p, nil) // for this machine
			if !x.isAway(p, err) {
				x.tell(Unrecorded{p.Name, err})
			}
		}
	}
}

// isAway reports whether a place cannot be reached, and a change there has failed of that
// already: it is reported once.
func (x *executor) isAway(p diff.Place, err error) bool {
	x.ending.Lock()
	defer x.ending.Unlock()
	return errors.Is(err, providers.ErrUnreachable) && slices.ContainsFunc(x.jobs, func(j *job) bool {
		return j.place.Name == p.Name && j.outcome.Status == StatusFailed && errors.Is(j.outcome.Err, providers.ErrUnreachable)
	})
}

// isOurs reports whether the root was that of the plan, or this run has made it so.
func (x *executor) isOurs(p diff.Place) bool {
	return p.Owner == x.plan.Name || p.Own && slices.ContainsFunc(x.jobs, func(j *job) bool {
		s, owns := j.first(diff.OpOwn)
		return owns && j.place.Name == p.Name && x.isDone(s.ID)
	})
}

// afterTime bounds how long an apply goes on whose time is up, to leave its records.
const afterTime = 20 * time.Second

// recordCut leaves the records of an apply whose time is up: the next one may be cut as
// well, and no record would have its uploads and deletes. The list of planned deletes
// stays for those that were under way.
func (x *executor) recordCut(ctx context.Context) {
	x.cut = true
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), afterTime)
	defer cancel()
	x.recordAll(ctx)
}

// recordAt writes the record of one destination under its lock.
func (x *executor) recordAt(ctx context.Context, store providers.Store, p diff.Place) (*known.Record, error) {
	proven, held := p.Owner == x.plan.Name, x.locks[p.Name]
	if x.opts.Machine != nil && held == nil {
		proven = false
		l, err := x.opts.Machine.Take(ctx, x.lockOf(p), lock.Options{Lost: func(error) {}})
		if err != nil {
			return nil, err
		}
		defer l.Release(ctx)
		held = l
	}
	if !proven {
		if owner, err := read.Owner(ctx, store, p.WorkDir); err != nil || owner != x.plan.Name {
			return nil, errors.Join(err, fmt.Errorf("its root belongs to %q", owner))
		}
	}
	last, pending, err := read.Known(ctx, store, p.WorkDir)
	if err != nil && !errors.Is(err, known.ErrTorn) {
		return nil, err
	}
	if pending { // the only copy, which must not be overwritten
		if err := store.Rename(ctx, p.WorkDir.NextKnown(), p.WorkDir.Known()); err != nil {
			return nil, err
		}
	}
	if x.hasEnded(last, p) {
		return last, removeIfThere(ctx, store, p.WorkDir.Going())
	}
	if p.Known == nil && last == nil {
		return nil, errors.New("the plan has no record of the destination, and the destination has none that can be read")
	}
	left := x.newRecord(p, last)
	err = leave(ctx, store, p.WorkDir, left, held)
	if err == nil && !x.cut && (p.Going || x.mayDelete(p)) {
		if err = checkLock(ctx, held); err == nil {
			err = removeIfThere(ctx, store, p.WorkDir.Going())
		}
	}
	return left, err
}

// hasEnded reports whether the record is that of this run at its end.
func (x *executor) hasEnded(last *known.Record, p diff.Place) bool {
	return last != nil && p.Known != nil && last.Run == x.opts.Run && last.Seq >= p.Known.Seq && known.SameFacts(last, x.newRecord(p, last))
}

// newRecord is the plan's record with what this run has found and changed; where
// another apply has left one since the plan was made, that one.
func (x *executor) newRecord(p diff.Place, last *known.Record) *known.Record {
	r := x.base(p, last)
	r.Run = x.opts.Run
	for _, f := range x.findingsAt(p) {
		r.Note(f)
	}
	x.recordRoom(r, p)
	for _, j := range x.jobs {
		if j.place.Name != p.Name || j.change.Address == "" {
			continue
		}
		k := j.key.AsRecorded()
		if s, goes := j.deletionStep(); goes && (x.isDone(s.ID) || j.progress == finished) {
			r.Drop(k)
		}
		if moved := x.moved(j); !r.Moves.Cover(moved) {
			r.Moves = moved
		}
		if !x.landed(j) {
			continue
		}
		r.Put(diff.RecordOf(j.key, j.payload()))
		if !j.has(diff.OpAside) { // else the finding is of what is in trash now, and may come back
			r.Forget(k)
		}
	}
	return r
}

// base is the record that this run starts from.
func (x *executor) base(p diff.Place, last *known.Record) *known.Record {
	r := p.Known.Clone()
	switch {
	case last == nil || r != nil && last.Seq < r.Seq: // the one that the plan has seen
		return r
	case r == nil || last.Run != x.opts.Run:
		return x.succeed(last, p)
	}
	for _, f := range last.Findings { // by this run, before it was cut
		r.Note(f)
	}
	return r
}

// recordRoom notes for which VMs this run has made room, and whose room an upload of
// it has taken.
func (x *executor) recordRoom(r *known.Record, p diff.Place) {
	arrived := map[string]bool{}
	for _, j := range x.jobs {
		if j.place.Name != p.Name || j.change.Address == "" {
			continue
		}
		if s, goes := j.deletionStep(); goes && j.change.Early && (x.isDone(s.ID) || j.progress == finished) {
			r.MadeRoom(j.key.VM, x.plan.Now)
		}
		if j.change.Source != "" && x.landed(j) {
			arrived[j.key.VM] = true
		}
	}
	for vm := range arrived {
		r.TookRoom(vm)
	}
}

// succeed starts from the record of another apply and adds what a person has accepted
// with this plan.
func (x *executor) succeed(last *known.Record, p diff.Place) *known.Record {
	r := last.Clone()
	if last.Run != x.opts.Run {
		r.Seq++
	}
	for _, f := range last.Findings {
		if x.accepted(state.Address(p.Name, state.KeyOf(f.Key)), f) {
			r.Forget(f.Key)
		}
	}
	if p.Known == nil {
		return r
	}
	for _, a := range p.Known.Accepted {
		r.Accept(a)
	}
	for _, s := range last.Sets {
		if !s.Seen.IsZero() && x.plan.Options.Accepts(state.Address(p.Name, state.KeyOf(s.Key))) {
			r.Drop(s.Key)
		}
	}
	return r
}

// landed reports whether the set of a job is at its final name as planned.
func (x *executor) landed(j *job) bool {
	for _, op := range []diff.Op{diff.OpPublish, diff.OpSeal, diff.OpMark} {
		if s, ok := j.first(op); ok {
			return x.isDone(s.ID) || j.progress == finished
		}
	}
	return false
}

// moved is what the place of a job has renamed from one folder into another to publish
// its set; "" if it has not, or if that is not needed.
func (x *executor) moved(j *job) known.Moves {
	op := diff.OpPublish
	if j.inPlace() {
		op = diff.OpSeal
	}
	s, ok := j.first(op)
	if !ok || !j.store.Traits().MovesUnproven || !x.isDone(s.ID) && j.progress != finished {
		return ""
	}
	return j.publishes()
}

// leave writes a complete record: under a temporary name first, so that a readable one
// exists at every instant. The lock, nil if the caller guarantees exclusive access, is
// checked before every change.
func leave(ctx context.Context, store providers.Store, work state.WorkDir, r *known.Record, held *lock.Lock) error {
	data, err := r.Encode()
	if err != nil {
		return err
	}
	if err := write(ctx, store, work.NextKnown(), data); err != nil {
		return err
	}
	if err := checkLock(ctx, held); err != nil {
		return err
	}
	if err := removeIfThere(ctx, store, work.Known()); err != nil {
		return err
	}
	if err := checkLock(ctx, held); err != nil {
		return err
	}
	return store.Rename(ctx, work.NextKnown(), work.Known())
}

func checkLock(ctx context.Context, held *lock.Lock) error {
	if held == nil {
		return nil
	}
	return held.Check(ctx)
}

// finishRecord writes the record if an earlier run of an applied plan died before it
// did.
func (x *executor) finishRecord(ctx context.Context) {
	for _, p := range x.plan.Places {
		store := x.opts.Stores[p.Name]
		if p.Known == nil || store == nil {
			continue
		}
		last, pending, err := read.Known(ctx, store, p.WorkDir)
		if err != nil && !errors.Is(err, known.ErrTorn) || last != nil && last.Run != x.opts.Run && last.Seq >= p.Known.Seq {
			continue // unreadable, or another apply has come since
		}
		_, going, err := entry(ctx, store, p.WorkDir.Going())
		if err == nil && (going || pending || !x.hasEnded(last, p)) {
			_, _ = x.recordAt(ctx, store, p)
		}
	}
}

// Record writes the records of a plan that changes nothing, and does nothing else.
func Record(ctx context.Context, plan *diff.Plan, opts Options) (Result, error) {
	x, err := prepare(plan, opts)
	if err != nil {
		return Result{}, err
	}
	x.recordAll(ctx)
	return Result{Known: x.recordsLeft}, ctx.Err()
}
