package record

import (
	"context"
	"errors"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state/known"
	"github.com/vmxsync/vmxsync/state/read"
)

// last is the record that a destination has.
type last struct {
	record  *known.Record // nil: none
	pending bool          // it has not got its name yet
	err     error         // wraps known.ErrTorn, or record is not known
}

// readLast reads the record of a destination. One that was read under the lock that the run
// holds is not read again, until the run writes another: nobody else does meanwhile.
func (r *Recorder) readLast(ctx context.Context, store providers.Store, p diff.Place) last {
	r.reading.Lock()
	defer r.reading.Unlock()
	if was, ok := r.read[p.Name]; ok {
		return was
	}
	var is last
	is.record, is.pending, is.err = read.Known(ctx, store, p.WorkDir)
	if r.run.Locks.Holds(p.Name) && (is.err == nil || errors.Is(is.err, known.ErrTorn)) {
		r.read[p.Name] = is
	}
	return is
}

// ReadAhead reads the record of a destination while the run works there: nothing waits for it
// at the end.
func (r *Recorder) ReadAhead(ctx context.Context, place string) {
	p, ok := r.run.Plan.Place(place)
	store := r.run.Stores[place]
	if ok && p.Known != nil && store != nil && !r.run.Work.Lost(place) && r.run.Locks.Holds(place) {
		r.readLast(ctx, store, p)
	}
}

// forgetLast is called when the run has begun to write a record.
func (r *Recorder) forgetLast(p diff.Place) {
	r.reading.Lock()
	defer r.reading.Unlock()
	delete(r.read, p.Name)
}
