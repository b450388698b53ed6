package diff

import (
	"slices"

	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/retention"
)

// addKept lists what stays, oldest first.
func (c *group) addKept() {
	for _, s := range slices.Backward(c.candidates) {
		if s.remote == nil || s.changed || s.deleted {
			continue
		}
		c.keep(s, s.state, c.whyKept(s)...)
		c.noteKept(s)
	}
}

func (c *group) whyKept(s *candidate) []retention.Reason {
	switch {
	case c.rule != "":
		return []retention.Reason{c.kept(c.rule, c.rule)}
	case s.found() && s.state == state.Damaged:
		return []retention.Reason{c.kept(string(state.Damaged), "damaged: "+s.remote.Problem)}
	case s.mode != "": // not adopted, not replaced
		return []retention.Reason{c.kept(string(state.Unmarked), string(state.Unmarked))}
	}
	return s.reasons
}

func (c *group) keep(s *candidate, as state.State, why ...retention.Reason) {
	c.to.Kept = append(c.to.Kept, Kept{Address: c.address(s.key), State: as, Reasons: why})
}
