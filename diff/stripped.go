package diff

import (
	"slices"
	"time"

	"github.com/vmxsync/vmxsync/state"
)

// A set without a manifest was uploaded by another tool, which is a normal fact. A set
// that the record has as complete had a manifest: without it the set counts nowhere, and
// nothing else would report that once the source has deleted its own copy.

// strip makes a set damaged whose manifest is gone, unless this plan repairs it or reports
// why not, or the destination trusts sets without one.
func (c *group) strip(s *candidate) {
	inv := c.w.Inventories[c.dest.Name]
	was, recorded := inv.Known.Find(s.key.AsRecorded())
	if !recorded || s.remote == nil || s.state != state.Unmarked || s.mode != "" || s.named || s.trusted || s.half || slices.Contains(inv.Going, was.Key) {
		return
	}
	lost := *s.remote
	lost.State = state.Damaged
	lost.Problem = "its manifest is gone, and it was complete on " + inv.Known.LastSeen(was).UTC().Format(time.DateOnly)
	s.remote, s.state, s.stripped = &lost, state.Damaged, true
}

// Stripped returns, by address, when each set was complete whose manifest is gone, at the
// destinations that were read. Like Standings it needs no source.
func Stripped(in Input) map[string]string {
	return eachCandidate(in, func(c *group, note func(*candidate, string)) {
		for _, s := range c.candidates {
			if s.stripped {
				note(s, s.remote.Problem)
			}
		}
	})
}

// eachCandidate plans what can be planned without a source, and collects the reasons that
// collect notes for sets at the destinations that were read, by address.
func eachCandidate(in Input, collect func(c *group, note func(*candidate, string))) map[string]string {
	w := newPlanner(in)
	_ = w.refusal() // an error of plans; here it finds the sources that are empty or not read
	all := map[string]string{}
	for _, d := range in.Spec.Destinations {
		if w.readable(d.Name) {
			p, _ := w.planDestination(d, queue{}) // the plan refuses a VM of two backups
			for _, c := range p.groups {
				collect(c, func(s *candidate, why string) { all[c.address(s.key)] = why })
			}
		}
	}
	return all
}
