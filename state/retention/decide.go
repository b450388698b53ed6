package retention

import (
	"time"

	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
)

// Decision is what becomes of one set. Reasons holds at least one: why it is
// kept, or why no rule keeps it.
type Decision struct {
	Key  state.Key
	Keep bool
	// Held: no rule keeps the set, but nothing of its group may be removed now.
	Held    bool
	Reasons []Reason
}

// Notice is something about a whole group that a person should know.
type Notice string

// The notices.
const (
	FutureDated   Notice = futureRule            // sets are dated in the future: they are kept, and not counted
	UnknownSet    Notice = Notice(state.Unknown) // nothing is deleted while the state of a set is not known
	NoCandidate   Notice = "no-candidate"        // no set counts: none is deleted
	MaxAgeUnused  Notice = "max_age"             // the newest set is itself older than max_age, which is not enforced
	MaxSizeUnused Notice = "max_size_per_vm"     // a size is not known, and max_size_per_vm is not enforced
)

// Result is the decision on one group.
type Result struct {
	Decisions []Decision // one for each set, newest first
	Notices   []Notice
}

// Decide applies a policy to the sets of one group, whose order does not
// matter. The location of now is the zone of the times in the sets' names.
// Slices of reasons may be shared between decisions: do not write to them.
//
// Complete sets and trusted unmarked ones are candidates; all others are kept
// and not counted, but for the incomplete: uploads that were begun, which are deleted
// where a newer set counts. A file of negative size is one of unknown size.
func Decide(p config.Policy, sets []state.Set, now time.Time) Result {
	g := classify(sets, now)
	g.thin(p)
	g.keepFloor(p, state.NewStamp(now))
	g.cap(p, state.NewStamp(now))
	return g.result()
}

// thin applies every rule on its own. A policy without a rule keeps
// everything.
func (g *group) thin(p config.Policy) {
	if len(g.candidates) == 0 {
		return
	}
	active := rules(p, g.candidates[0].key.Stamp)
	if len(active) == 0 || p.KeepAll {
		keepAll(g.candidates)
		return
	}
	for _, r := range active {
		r.decide(g.candidates)
	}
}
