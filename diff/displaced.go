package diff

import (
	"github.com/vmxsync/vmxsync/diff/notice"
	"github.com/vmxsync/vmxsync/state"
)

// A set whose manifest names another VM or another time is not where it was
// uploaded: its folder was renamed or copied on the server. Nothing in it is missing: it
// has to be moved back, not uploaded again.

// displaced reports whether a set was uploaded as another.
func displaced(s *state.Set) bool {
	return s.State == state.Damaged && s.Found == nil && s.Manifest != nil && s.Manifest.Key != s.Key
}

func (c *group) noteDisplaced(s *candidate) {
	c.note(&notice.Displaced, *s.remote, "was uploaded as "+s.remote.Manifest.Key.String())
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
