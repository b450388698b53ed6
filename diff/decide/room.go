package decide

import (
	"slices"
	"time"

	"github.com/vmxsync/vmxsync/diff/notice"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
)

// makesRoom reports whether deletes of the group come before its uploads.
func makesRoom(g *Group) bool {
	return g.Order == config.DeleteFirst && slices.ContainsFunc(g.Decisions, sends)
}

// sends reports whether the plan reads the set at the source.
func sends(d Decision) bool { return d.Disposition.Creates() && d.Way.Sends() }

// sent is how many bytes the uploads of the group have, all of them and the newest.
func sent(g *Group) (all, newest int64) {
	for _, d := range g.Decisions {
		if !sends(d) {
			continue
		}
		bytes := state.TotalBytes(d.Content())
		if all += bytes; newest == 0 {
			newest = bytes
		}
	}
	return all, newest
}

// settleRoom finds out whether what went leaves room for one upload at least: then that
// one comes before anything else is deleted.
func settleRoom(g *Group) {
	all, newest := sent(g)
	if newest > 0 && g.Room.Left(all) >= newest {
		g.Room.Since = g.World.Now.UTC()
	}
	if g.Room.Made() && makesRoom(g) {
		g.note(g.NoteOf(&notice.Room, g.VM, "since "+g.Room.Since.Format(time.DateOnly)))
	}
}

// deleteFirst parts the deletes that make room from those that wait until the uploads
// count: what the uploads do not need, and the newest min_keep sets that are
// whole at the destination now.
func deleteFirst(g *Group) {
	if !makesRoom(g) {
		return
	}
	floor, need := newestCounted(g), needs(g)
	for i := len(g.Decisions) - 1; i >= 0; i-- { // oldest first
		d := &g.Decisions[i]
		switch {
		case d.Disposition != Delete:
		case d.Remote == nil: // in staging only: not counted
			d.Disposition = DeleteFirst
		case (d.BeingDeleted() || need > 0) && len(floor) == g.Policy.MinKeep && !slices.Contains(floor, d.Key):
			d.Disposition = DeleteFirst
			need -= d.Remote.Bytes()
		}
	}
}

// needs is how many bytes the uploads need that nothing has freed for them yet: none
// where an earlier apply has made room that no upload has taken. Where more sets are
// uploaded than deleted, fewer are complete there than the policy wants, and the
// destination has not been full yet.
func needs(g *Group) int64 {
	if g.Room.Made() {
		return 0
	}
	going := g.count(func(d Decision) bool { return d.Disposition.Deletes() && d.Counted() })
	coming := g.count(func(d Decision) bool { return d.Disposition.Creates() && !d.Future })
	if coming > going {
		return 0
	}
	bytes, _ := sent(g)
	return bytes - g.Room.Left(bytes)
}

// newestCounted are the min_keep newest sets that are whole at the destination, and must
// stay until the uploads are done. With fewer, nothing may be deleted by then.
func newestCounted(g *Group) (floor []state.Key) {
	for _, d := range g.Decisions { // newest first
		if d.Counted() && len(floor) < g.Policy.MinKeep {
			floor = append(floor, d.Key)
		}
	}
	return floor
}
