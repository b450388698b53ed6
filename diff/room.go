package diff

import (
	"time"
	"unicode/utf8"

	"github.com/vmxsync/vmxsync/diff/notice"
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
	room, made := last.RoomOf(c.vm)
	came, arrived := c.cameSince(last)
	went, died := c.wentSince(last)
	switch {
	case c.unknown:
		c.roomSince = room.Since
	case arrived:
		c.balance = roomBalance{came: came, went: went, owed: made}
	case made:
		c.roomSince = room.Since
	case died:
		c.roomSince = c.w.Now.UTC()
	}
}

// roomBalance is what has come and gone since the record was written, in bytes, where
// something has come: applies that were cut one after the other wrote none, and what
// arrived with one of them pays for the deletes of no more than that.
type roomBalance struct {
	came, went int64
	owed       bool // room was made before that, and what came has taken it
}

// left is how much of what went no upload has taken, of uploads that need so much.
func (b roomBalance) left(need int64) int64 {
	took := b.came
	if b.owed {
		took = max(took-need, 0)
	}
	return max(b.went-took, 0)
}

// settleRoom finds out whether what went leaves room for one upload at least: then that
// one comes before anything else goes.
func (c *group) settleRoom() {
	all, newest := c.sends()
	if left := c.balance.left(all); newest > 0 && left >= newest {
		c.roomSince = c.w.Now.UTC()
	}
}

// cameSince adds up the sets that the destination holds and the record lacks: they came
// with an apply that died before it wrote one, or by hand.
func (c *group) cameSince(last *known.Record) (bytes int64, any bool) {
	for _, s := range c.candidates {
		if s.remote == nil || s.remote.State != state.Complete {
			continue
		}
		if _, there := last.Find(s.key.AsRecorded()); !there {
			bytes, any = bytes+s.remote.Bytes(), true
		}
	}
	return bytes, any
}

// wentSince adds up the sets of the VM that an apply has deleted which died then.
func (c *group) wentSince(last *known.Record) (bytes int64, any bool) {
	for _, k := range c.w.Inventories[c.dest.Name].Going {
		was, recorded := last.Find(k)
		s := c.candidate(state.KeyOf(k))
		if recorded && k.VM == c.vm && (s == nil || s.remote == nil || s.beingDeleted()) {
			bytes, any = bytes+was.Bytes, true
		}
	}
	return bytes, any
}

// roomIsMade reports whether room was made for the VM that no upload has taken.
func (c *group) roomIsMade() bool { return !c.roomSince.IsZero() }

// noteRoom reports that nothing more is deleted before the uploads of the VM.
func (c *group) noteRoom() {
	if c.roomIsMade() && c.makesRoom() {
		c.to.notes.add(notice.Note{Place: c.dest.Name, Kind: &notice.Room, VM: c.vm, Item: c.vm, Why: "since " + c.roomSince.Format(time.DateOnly)})
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
