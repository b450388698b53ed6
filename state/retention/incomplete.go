package retention

import "github.com/vmxsync/vmxsync/state"

// keepStarts keeps the uploads that may be the best there is: the newest one,
// where it is newer than all that counts; all, where nothing counts.
func (g *group) keepStarts() {
	gone := &Reason{Rule: incompleteRule, Code: Leftover, Text: "incomplete, and older than a set that counts"}
	newest := true
	for i := range g.members {
		m := &g.members[i]
		if m.fixed != incompleteRule {
			continue
		}
		switch {
		case len(g.candidates) == 0:
			m.keep(Reason{Rule: incompleteRule, Text: "incomplete, and no set counts"})
		case newest && m.key.Compare(g.candidates[0].key) > 0:
			m.keep(Reason{Rule: incompleteRule, Text: "incomplete, and newer than every set that counts"})
		default:
			m.drop(gone)
		}
		newest = false
	}
}

const incompleteRule = string(state.Incomplete)
