package diff

import (
	"github.com/vmxsync/vmxsync/diff/notice"
	"github.com/vmxsync/vmxsync/state"
)

// adoptable reports whether -adopt takes over an unmarked set that has settled: it
// holds bytes, and does not differ from the set at the source.
func (s *candidate) adoptable(same bool) bool {
	return s.named && s.unsure == "" && s.remote.Bytes() > 0 && (s.local == nil || same)
}

// whyUnsure returns why nobody knows whether an unmarked set is an incomplete copy of the
// set at the source; "" if that is known.
func (c *group) whyUnsure(s *candidate) string {
	switch {
	case s.remote == nil || c.rule == unassignedRule || s.local != nil:
		return ""
	case !c.w.readable(c.source.Name) || whyUnknown(c.w.Inventories[c.source.Name], c.vm) != "":
		return "whether " + c.source.Name + " holds it is not known"
	}
	return c.whyUnfinished(s)
}

// whyUnfinished returns why a set may be an incomplete copy of a local set that is not
// ready; "" if it is none. A set that is not ready can be compared, one that is still
// being written cannot.
func (c *group) whyUnfinished(s *candidate) string {
	local, there := c.w.Inventories[c.source.Name].Find(s.key)
	switch {
	case s.remote == nil || !there || s.local != nil:
		return ""
	case local.State == state.Settling:
		return "the local set is still being written"
	case !state.SameContent(s.compared(c.source.Ignore), local.Files):
		return "it differs from the local set, which is not ready"
	}
	return ""
}

// noteUnadopted reports why a set that -adopt selects stays as it is.
func (c *group) noteUnadopted(s *candidate) {
	if s.remote == nil || s.state != state.Unmarked || s.mode != "" || s.excluded || !c.w.Options.Adopts(c.address(s.key)) {
		return
	}
	why := "it may be unfinished: it is younger than settle, or possibly a link"
	switch {
	case c.rule == unassignedRule:
		why = "no backup sends it here"
	case s.remote.Bytes() == 0:
		why = "it holds no bytes"
	case s.unalike != "":
		why = "it is suspicious (" + s.unalike + "). To adopt it anyway, give its full address"
	case s.unsure != "":
		why = s.unsure
	case s.local != nil && !state.SameContent(s.compared(c.source.Ignore), s.local.Files):
		why = "it differs from the local set"
	}
	c.note(&notice.NotAdopted, *s.remote, why)
}
