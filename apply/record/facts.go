package record

import (
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/known"
)

// Facts is what a run knows of one destination.
type Facts struct {
	Plan     *diff.Plan
	Run      string // the run id
	Place    diff.Place
	Findings []known.Finding // of the copies there, as far as the plan does not accept them
	Changes  []Change        // of the plan there
	Cut      bool            // time was up before the end of the run
}

// Change is what became of a change.
type Change struct {
	diff.Change
	Key     state.Key
	Deletes bool         // it deletes a set
	Deleted bool         // and has: the set no longer counts
	Landed  bool         // its set is at its final name as planned
	Files   []state.File // of that set
	Aside   bool         // another set of the key had to make way, and may come back
	Moves   known.Moves  // what was renamed to publish the set; "" if nothing, or if that is no proof
}

// Next is the plan's record with what this run has found and changed; where another apply
// has left one since the plan was made, that one. last is the record that is there now, or
// nil; the plan or the place must have one.
func (f Facts) Next(last *known.Record) *known.Record {
	r := f.base(last)
	r.Run = f.Run
	for _, found := range f.Findings {
		r.Note(found)
	}
	f.recordRoom(r)
	var gone, sound []known.Key
	var landed []known.Set
	for _, c := range f.Changes {
		if c.Deleted {
			gone = append(gone, c.Key.AsRecorded())
		}
		if !r.Moves.Cover(c.Moves) {
			r.Moves = c.Moves
		}
		if !c.Landed {
			continue
		}
		landed = append(landed, diff.RecordOf(c.Key, c.Files))
		if !c.Aside { // else the finding is of what is in trash now, and may come back
			sound = append(sound, c.Key.AsRecorded())
		}
	}
	r.Drop(gone...)
	r.Put(landed...)
	r.Forget(sound...)
	return r
}

// Ended reports whether last is the record of this run at its end.
func (f Facts) Ended(last *known.Record) bool {
	return last != nil && f.Place.Known != nil && last.Run == f.Run && last.Seq >= f.Place.Known.Seq && known.SameFacts(last, f.Next(last))
}

// base is the record that this run starts from.
func (f Facts) base(last *known.Record) *known.Record {
	r := f.Place.Known.Clone()
	switch {
	case last == nil || r != nil && last.Seq < r.Seq: // the one that the plan has seen
		return r
	case r == nil || last.Run != f.Run:
		return f.succeed(last)
	}
	for _, found := range last.Findings { // by this run, before it was cut
		r.Note(found)
	}
	return r
}

// succeed starts from the record of another apply and adds what a person has accepted
// with this plan.
func (f Facts) succeed(last *known.Record) *known.Record {
	r := last.Clone()
	if last.Run != f.Run {
		r.Seq++
	}
	var sound, lost []known.Key
	for _, found := range last.Findings {
		if Accepts(f.Plan, f.Run, f.address(found.Key), found) {
			sound = append(sound, found.Key)
		}
	}
	r.Forget(sound...)
	if f.Place.Known == nil {
		return r
	}
	for _, a := range f.Place.Known.Accepted {
		r.Accept(a)
	}
	for _, s := range last.Sets {
		if !s.Seen.IsZero() && f.Plan.Options.Accepts(f.address(s.Key)) {
			lost = append(lost, s.Key)
		}
	}
	r.Drop(lost...)
	return r
}

// recordRoom notes for which VMs this run has made room, and whose room an upload of it
// has taken.
func (f Facts) recordRoom(r *known.Record) {
	var arrived []string
	for _, c := range f.Changes {
		if c.Early && c.Deleted {
			r.MadeRoom(c.Key.VM, f.Plan.Now)
		}
		if c.Source != "" && c.Landed {
			arrived = append(arrived, c.Key.VM)
		}
	}
	r.TookRoom(arrived...)
}

func (f Facts) address(k known.Key) string { return state.Address(f.Place.Name, state.KeyOf(k)) }

// Accepts reports whether a plan accepts a finding of the copy with that address: one that
// was there when the plan was made.
func Accepts(plan *diff.Plan, run, address string, found known.Finding) bool {
	return plan.Options.AcceptsInFull(address) && found.Run != run && !found.At.After(plan.Now)
}
