package observe

import (
	"github.com/vmxsync/vmxsync/state/config"
)

// Queue are uploads that make room for each other, by address; the zero value lets all
// uploads into the plan.
type Queue struct {
	All   map[string]bool // that the plan would send if there were room; nil: there is
	Waits map[string]bool // of these, those that wait for a later plan
}

// How an upload waits.
const (
	waitsForRoom  = "room"  // in the quota
	waitsForNewer = "newer" // sets, in whose place retention would want it
)

// waits returns how an upload waits for a later plan; "" if it does not.
func (q Queue) waits(g *Group, c Candidate) string {
	if c.Way != ByUpload || g.Order != config.DeleteFirst || q.All == nil {
		return ""
	}
	switch at := g.Address(c.Key); {
	case q.Waits[at]:
		return waitsForRoom
	case !q.All[at]:
		return waitsForNewer
	}
	return ""
}
