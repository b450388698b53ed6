package diff

import (
	"slices"
	"time"

	"github.com/vmxsync/vmxsync/diff/flags"
	"github.com/vmxsync/vmxsync/diff/notice"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/known"
)

// A copy that was read back and found damaged is damaged until it is replaced, is
// deleted, or a person has it judged anew: it justifies nothing, and is an error of
// every plan.

// acceptFound is the set as it is judged where its full address is accepted: by what
// can be seen of it, and by the next reading.
func (c *group) acceptFound(s *state.Set) *state.Set {
	if s.Found == nil || !c.w.Options.AcceptsInFull(c.address(s.Key)) {
		return s
	}
	sound := s.Sound()
	c.to.notes.add(notice.Note{
		Place: c.dest.Name, Kind: &notice.Accepted, VM: c.vm, Item: s.Key.String(),
		Why: "found damaged on " + s.Found.At.Format(time.DateOnly) + ", and counts from now on",
	})
	return &sound
}

// found reports whether the destination holds a set that was found damaged.
func (s *candidate) found() bool { return s.remote != nil && s.remote.Found != nil }

// noteDamaged reports a damaged set, how that is known, and the command that repairs it.
func (c *group) noteDamaged(s *candidate) {
	switch {
	case s.remote.Odd && !s.remote.Marked: // it has never been complete
		c.note(&notice.OddSet, *s.remote, s.remote.Problem)
		return
	case s.stripped:
		c.note(&notice.Stripped, *s.remote, s.remote.Problem)
		return
	case displaced(s.remote):
		c.noteDisplaced(s)
		return
	case !s.found():
		c.note(&notice.Damaged, *s.remote, s.remote.Problem)
		return
	}
	address := flags.Quoted(c.address(s.key))
	way := " To delete " + s.key.String() + ": vmxsync plan -destroy -target=" + address + " -out=plan.out."
	if s.local != nil && c.replaceRefusal(s) == "" {
		way = " To send " + s.key.String() + " again: vmxsync plan -replace=" + address + " -out=plan.out."
	}
	c.to.notes.add(notice.Note{Place: c.dest.Name, Kind: &notice.Rotten, VM: c.vm, Item: s.key.String(), Bytes: s.remote.Bytes(), Why: s.remote.Problem, Also: way})
}

// recordFindings takes over what was found of the copies that are there, or may come
// back, and that this plan does not accept.
func (w *planner) recordFindings(r *known.Record, inv state.Inventory) {
	if inv.Known == nil {
		return
	}
	for _, f := range inv.Known.Findings {
		k := state.KeyOf(f.Key)
		s, there := inv.Find(k)
		is := there && (s.Manifest == nil || s.Manifest.Identity() == f.Manifest)
		accepted := is && w.Options.AcceptsInFull(state.Address(inv.Place, k))
		if !accepted && (is || inv.Unsure(k.VM) || slices.ContainsFunc(inv.Trash, func(t state.Trashed) bool { return t.Key == k })) {
			r.Note(f)
		}
	}
}
