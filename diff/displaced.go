package diff

import "github.com/vmxsync/vmxsync/state"

// A set whose manifest names another VM or another time is not where it was
// uploaded: its folder was renamed or copied on the server. Nothing in it is missing: it
// has to be moved back, not uploaded again.

// displacedRule is the code of the notice of such a set.
const displacedRule = "displaced"

// displaced reports whether a set was uploaded as another.
func displaced(s *state.Set) bool {
	return s.State == state.Damaged && s.Found == nil && s.Manifest != nil && s.Manifest.Key != s.Key
}

// misplaced is the end of a sentence about displaced sets.
func misplaced(t *tally) string {
	return pick(t.items, "not where it was uploaded", "not where they were uploaded")
}

func (c *group) noteDisplaced(s *candidate) {
	c.note(displacedRule, *s.remote, "was uploaded as "+s.remote.Manifest.Key.String())
}

// allDisplaced reports whether the destination has only displaced sets under the name of
// the VM.
func (c *group) allDisplaced() bool {
	for _, s := range c.candidates {
		if s.remote != nil && !displaced(s.remote) {
			return false
		}
	}
	return true
}
