package diff

import (
	"slices"
	"time"
	"unicode/utf8"

	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/known"
)

// What is right for one night must be right for sixty. Where each night deletes what
// is too old, to make room for an upload that then fails, the destination would hold
// min_keep sets in the end. So the record notes of a VM that room was made for it,
// until an upload of it arrives: until then nothing else is deleted before its uploads. What
// a destination loses that way is never more than what the uploads of one apply need.

// findRoom finds out whether room was made for the VM that no upload has taken.
func (c *group) findRoom() {
	last := c.w.Inventories[c.dest.Name].Known
	if last == nil || c.order != state.DeleteFirst || c.rule == unassignedRule || !utf8.ValidString(c.vm) {
		return
	}
	switch room, made := last.RoomOf(c.vm); {
	case c.unknown:
		c.roomSince = room.Since
	case c.arrived(last):
	case made:
		c.roomSince = room.Since
	case c.diedDeleting(last):
		c.roomSince = c.w.Now.UTC()
	}
}

// arrived reports whether the destination holds a set that the record lacks: it came
// with an apply that died before it wrote one, or by hand.
func (c *group) arrived(last *known.Record) bool {
	return slices.ContainsFunc(c.candidates, func(s *candidate) bool {
		if s.remote == nil || s.remote.State != state.Complete {
			return false
		}
		_, there := last.Find(s.key.AsRecorded())
		return !there
	})
}

// diedDeleting reports whether an apply died after it had deleted a set of the VM.
func (c *group) diedDeleting(last *known.Record) bool {
	return slices.ContainsFunc(c.w.Inventories[c.dest.Name].Going, func(k known.Key) bool {
		_, was := last.Find(k)
		s := c.candidate(state.KeyOf(k))
		return was && k.VM == c.vm && (s == nil || s.remote == nil || s.beingDeleted())
	})
}

// roomIsMade reports whether room was made for the VM that no upload has taken.
func (c *group) roomIsMade() bool { return !c.roomSince.IsZero() }

// noteRoom reports that nothing more is deleted before the uploads of the VM.
func (c *group) noteRoom() {
	if c.roomIsMade() && c.makesRoom() {
		c.w.notes.add(note{place: c.dest.Name, code: "room", vm: c.vm, item: c.vm, why: "since " + c.roomSince.Format(time.DateOnly)})
	}
}

// recordRoom takes over for which VMs of a destination room was made.
func (w *planner) recordRoom(r *known.Record, destination string) {
	for _, c := range w.groups {
		if c.dest.Name == destination && c.roomIsMade() {
			r.MadeRoom(c.vm, c.roomSince)
		}
	}
}
