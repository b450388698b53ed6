package diff

import "github.com/vmxsync/vmxsync/state"

// adoptable tells whether -adopt makes an unmarked set ours that has settled: it
// holds something, and is no other than the one at the source.
func (s *slot) adoptable(same bool) bool {
	return s.named && s.unsure == "" && s.remote.Bytes() > 0 && (s.local == nil || same)
}

// unsure says why it cannot be told whether an unmarked set is a half copy of what
// the source holds; "" where it can.
func (c *chain) unsure(s *slot) string {
	switch {
	case s.remote == nil || c.rule == unassignedRule || s.local != nil:
		return ""
	case !c.w.readable(c.source.Name) || unknownVM(c.w.Inventories[c.source.Name], c.vm) != "":
		return "what " + c.source.Name + " holds of it is not known"
	}
	return c.unfinished(s)
}

// unfinished says why what stands there may be a half copy of a local set that is not
// ready; "" where it is none. A set that is not ready can be compared, one that is still
// being written cannot.
func (c *chain) unfinished(s *slot) string {
	local, there := c.w.Inventories[c.source.Name].Find(s.key)
	switch {
	case s.remote == nil || !there || s.local != nil:
		return ""
	case local.State == state.Settling:
		return "the local set is still being written"
	case !state.SameContent(s.compared(c.source.Ignore), local.Files):
		return "it is unlike the local set, which is not ready"
	}
	return ""
}

// noteUnadopted says why a set that -adopt names stays as it is.
func (c *chain) noteUnadopted(s *slot) {
	if s.remote == nil || s.state != state.Unmarked || s.mode != "" || s.left || !c.w.Options.names(c.w.Options.Adopt, c.address(s.key)) {
		return
	}
	why := "it cannot be told whether it is finished: it is younger than settle, or may be a link"
	switch {
	case c.rule == unassignedRule:
		why = "no backup sends it here"
	case s.remote.Bytes() == 0:
		why = "it holds no bytes"
	case s.unalike != "":
		why = "it is suspicious (" + s.unalike + "). To adopt it all the same, name its full address"
	case s.unsure != "":
		why = s.unsure
	case s.local != nil && !state.SameContent(s.compared(c.source.Ignore), s.local.Files):
		why = "it is unlike the local set"
	}
	c.note("not-adopted", *s.remote, why)
}
