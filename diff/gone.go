package diff

import (
	"time"
	"unicode/utf8"

	"github.com/vmxsync/vmxsync/diff/notice"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/known"
)

// goneSince is when the VM was last seen at its source, as the record knows; false
// where it is there, was never there, is retired or excluded, or where nobody knows.
func (c *group) goneSince() (time.Time, bool) {
	if c.rule == unassignedRule || c.ended || c.atSource() || c.sourceSilent() {
		return time.Time{}, false
	}
	_, seen, was := c.w.Inventories[c.dest.Name].Known.SourcedOf(c.vm)
	return seen, was
}

// atSource reports whether the source holds sets of the VM, in whatever state.
func (c *group) atSource() bool {
	_, held := c.w.holds[c.source.Name][c.vm]
	return held
}

// sourceSilent reports whether nobody knows what the source holds of the VM.
func (c *group) sourceSilent() bool {
	return c.w.emptySources[c.source.Name] || whyUnknown(c.w.Inventories[c.source.Name], c.vm) != ""
}

// missed is when a VM was last seen at its source whose next set is overdue there by
// the time between its last two; false where that is not so.
func (c *group) missed() (since time.Time, missed bool) {
	since, gone := c.goneSince()
	zone, err := c.w.zone(c.source)
	if !gone || err != nil {
		return since, false
	}
	var last []time.Time // newest first
	for _, s := range c.candidates {
		if s.counted() {
			last = append(last, s.key.Stamp.In(zone))
		}
	}
	if len(last) < 2 {
		return since, false
	}
	every := last[0].Sub(last[1])
	return since, c.w.Now.After(last[0].Add(every + every/16)) // no night begins on the second
}

// noteGone warns of a VM that is missed at its source.
func (c *group) noteGone() {
	if since, missed := c.missed(); missed && !c.stale() && !c.w.Options.Destroy {
		c.to.notes.add(notice.Note{Place: c.dest.Name, Kind: &notice.Gone, VM: c.vm, Item: c.vm, Why: "last seen at " + c.source.Name + " on " + since.Format(time.DateOnly)})
	}
}

// recordSourced writes down which VMs of a destination their sources hold, and since
// when others are gone from there.
func (w *planner) recordSourced(r *known.Record, destination string) {
	last := w.Inventories[destination].Known
	var all []known.Sourced
	for _, c := range w.groups {
		if c.dest.Name != destination || c.rule == unassignedRule || c.ended || !utf8.ValidString(c.vm) {
			continue
		}
		was, _, recorded := last.SourcedOf(c.vm)
		seen, gone := c.goneSince()
		switch {
		case gone:
			all = append(all, known.Sourced{VM: c.vm, Seen: seen.UTC()})
		case c.unknown || c.sourceSilent():
			if recorded {
				all = append(all, was)
			}
		case c.atSource() && c.count((*candidate).backedUp) > 0:
			all = append(all, known.Sourced{VM: c.vm})
		}
	}
	r.SetSourced(all)
}

// backedUp reports whether the destination has the set, or gets it by this plan.
func (s *candidate) backedUp() bool {
	return s.changed || s.remote != nil && s.remote.State == state.Complete
}
