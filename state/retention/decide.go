package retention

import (
	"fmt"
	"time"

	"github.com/vmxsync/vmxsync/state"
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
type Notice struct {
	Code string // "future-dated", "unknown", "no-candidate"
	Text string
}

// Result is the decision on one group.
type Result struct {
	Decisions []Decision // one for each set, newest first
	Notices   []Notice
}

// Decide applies a policy to the sets of one group, whose order does not
// matter. The location of now is the zone of the times in the sets' names.
//
// Complete sets and trusted unmarked ones are candidates; all others are kept
// and not counted. The newest MinKeep candidates are kept whatever the rules
// say. A policy without a rule keeps everything.
func Decide(p state.Policy, sets []state.Set, now time.Time) Result {
	g := classify(sets, now)
	for _, r := range rules(p) {
		r.decide(g.candidates)
	}
	keepFloor(p.MinKeep, g.candidates)
	return g.result()
}

// rule gives every candidate, newest first, a reason to stay or to go.
type rule interface {
	decide(candidates []*member)
}

func rules(p state.Policy) []rule {
	if p.KeepLast == 0 {
		return []rule{everything{}}
	}
	return []rule{count{name: "last", n: p.KeepLast}}
}

// everything is the rule of a policy that thins nothing.
type everything struct{}

func (everything) decide(candidates []*member) {
	for _, c := range candidates {
		c.keep(Reason{Rule: "keep_all", Text: "keep_all"})
	}
}

// keepFloor keeps the newest n candidates, at least one.
func keepFloor(n int, candidates []*member) {
	n = max(n, 1)
	for i, c := range candidates[:min(n, len(candidates))] {
		if len(c.kept) == 0 {
			c.keep(Reason{Rule: "min_keep", N: i + 1, Of: n, Text: fmt.Sprintf("min_keep %d of %d", i+1, n)})
		}
	}
}
