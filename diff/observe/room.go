package observe

import (
	"unicode/utf8"

	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
	"github.com/vmxsync/vmxsync/state/known"
)

// What is right for one night must be right for sixty. Where each night deletes what
// is too old, to make room for an upload that then fails, the destination would hold
// min_keep sets in the end. So the record notes of a VM that room was made for it,
// until an upload of it arrives: until then nothing else is deleted before its uploads. What
// a destination loses that way is never more than what the uploads of one apply need.

// findRoom finds out whether room was made for the VM that no upload has taken.
func findRoom(g *Group) Room {
	last := g.There().Known
	if last == nil || g.Order != config.DeleteFirst || g.Rule == Unassigned || !utf8.ValidString(g.VM) {
		return Room{}
	}
	room, made := last.RoomOf(g.VM)
	came, arrived := cameSince(g, last)
	went, died := wentSince(g, last)
	switch {
	case g.Unknown != nil:
		return Room{Since: room.Since}
	case arrived:
		return Room{came: came, went: went, owed: made}
	case made:
		return Room{Since: room.Since}
	case died:
		return Room{Since: g.World.Now.UTC()}
	}
	return Room{}
}

// cameSince adds up the sets that the destination holds and the record lacks: they came
// with an apply that died before it wrote one, or by hand.
func cameSince(g *Group, last *known.Record) (bytes int64, any bool) {
	for _, c := range g.Candidates {
		if c.Remote == nil || c.Remote.State != state.Complete {
			continue
		}
		if _, there := last.Find(c.Key.AsRecorded()); !there {
			bytes, any = bytes+c.Remote.Bytes(), true
		}
	}
	return bytes, any
}

// wentSince adds up the sets of the VM that an apply has deleted which died then.
func wentSince(g *Group, last *known.Record) (bytes int64, any bool) {
	for _, k := range g.There().GoingOf(g.VM) {
		was, recorded := last.Find(k)
		if !recorded {
			continue
		}
		if i, ok := g.Find(state.KeyOf(k)); !ok || g.Candidates[i].Remote == nil || g.Candidates[i].BeingDeleted() {
			bytes, any = bytes+was.Bytes, true
		}
	}
	return bytes, any
}
