package diff

import "github.com/vmxsync/vmxsync/state"

// adoptable tells whether -adopt makes an unmarked set ours that has settled: it
// holds something, and is no other than the one at the source.
func (s *slot) adoptable(same bool) bool {
	return s.named && s.remote.Bytes() > 0 && (s.local == nil || same)
}

// noteUnadopted says why a set that -adopt names stays as it is.
func (c *chain) noteUnadopted(s *slot) {
	if s.remote == nil || s.state != state.Unmarked || s.mode != "" || s.left || !named(c.w.Options.Adopt, c.address(s.key)) {
		return
	}
	why := "it cannot be told whether it is finished: it is younger than settle, or may be a link"
	switch {
	case c.rule == unassignedRule:
		why = "no backup sends it here"
	case s.remote.Bytes() == 0:
		why = "it holds no bytes"
	case s.local != nil && !state.SameContent(s.compared(c.source.Ignore), s.local.Files):
		why = "it is unlike the local set"
	}
	c.note("not-adopted", *s.remote, why)
}
