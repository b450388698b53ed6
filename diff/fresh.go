package diff

import (
	"slices"

	"github.com/vmxsync/vmxsync/diff/notice"
	"github.com/vmxsync/vmxsync/state"
)

// noteFresh warns if no counted set, once the plan is carried out, is as young as the
// backup wants it.
func (c *group) noteFresh() {
	if !c.judged() {
		return
	}
	newest := c.newest((*candidate).counts)
	switch {
	case newest == nil:
		c.to.notes.add(notice.Note{Place: c.dest.Name, Kind: &notice.NotFresh, VM: c.vm, Item: c.vm, Why: "none of its sets is complete"})
	case c.old(newest.key.Stamp):
		c.note(&notice.NotFresh, state.Set{Key: newest.key}, "older than fresh_within = "+c.fresh.String())
	}
}

// stale reports whether noteFresh warns of the VM.
func (c *group) stale() bool {
	newest := c.newest((*candidate).counts)
	return c.judged() && (newest == nil || c.old(newest.key.Stamp))
}

// judged reports whether the VM must have a fresh set there: its backup wants it,
// and a set there has our manifest, whether or not a source still holds the VM.
func (c *group) judged() bool {
	return !c.fresh.IsZero() && !c.unknown && !c.allDisplaced() &&
		slices.ContainsFunc(c.candidates, func(s *candidate) bool { return s.remote != nil && s.remote.Marked })
}

// newest is nil where no candidate will do.
func (c *group) newest(will func(*candidate) bool) *candidate {
	if i := slices.IndexFunc(c.candidates, will); i >= 0 {
		return c.candidates[i]
	}
	return nil
}

// old reports whether a set of that time is no longer fresh.
func (c *group) old(stamp state.Stamp) bool {
	zone, err := c.w.zone(c.source)
	return err == nil && !stamp.In(zone).After(c.fresh.Before(c.w.Now.In(zone)))
}

// retired reports whether a backup that would send the VM there excludes it: it is no
// longer backed up, though a backup of another source may match its name.
func (w *planner) retired(d state.Destination, vm string) bool {
	return slices.ContainsFunc(w.Spec.Sources, func(s state.Source) bool {
		b, ok := w.Spec.Assign(s.Name, vm)
		return !ok && slices.ContainsFunc(b.Copies, func(c state.Copy) bool { return c.Destination == d.Name })
	})
}
