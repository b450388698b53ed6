package diff

import (
	"slices"
	"time"

	"github.com/vmxsync/vmxsync/state"
)

// A set without a manifest is one that another tool put there, and a normal fact. One
// that the record has as complete is not: its manifest was there, and without it the
// set counts nowhere. Nobody else would say so where the source does not hold it any
// more.

// strippedRule is the code of the error that a manifest is gone.
const strippedRule = "stripped"

// strip makes a set damaged whose manifest is gone, unless this plan mends it or says
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

// Stripped says of each set at the destinations that were read whose manifest is gone
// when it was complete, by address. Like Standings it needs no source.
func Stripped(in Input) map[string]string {
	return eachSlot(in, func(c *group, note func(*candidate, string)) {
		for _, s := range c.candidates {
			if s.stripped {
				note(s, s.remote.Problem)
			}
		}
	})
}

// eachSlot plans what can be planned without a source, and collects what is said of the
// sets at the destinations that were read, by address.
func eachSlot(in Input, say func(c *group, note func(*candidate, string))) map[string]string {
	w := newPlanner(in)
	_ = w.refusal() // a plan's; here it finds the sources that say nothing
	all := map[string]string{}
	w.planned = func(c *group) { say(c, func(s *candidate, why string) { all[c.address(s.key)] = why }) }
	for _, d := range in.Spec.Destinations {
		if w.readable(d.Name) {
			_ = w.planDestination(d) // a VM of two backups is the plan's to refuse
		}
	}
	return all
}
