package retention

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/vmxsync/vmxsync/state"
)

// futureRule is the rule of sets that are dated after tomorrow.
const futureRule = "future-dated"

// member is one set on its way to a decision.
type member struct {
	key     state.Key
	fixed   string // rule that keeps it without counting it; "" for a candidate
	kept    []Reason
	removed []Reason
}

func (m *member) keep(r Reason) {
	r.Code = Selected
	m.kept = append(m.kept, r)
}

// group is what classify makes of the sets.
type group struct {
	members    []member  // newest first
	candidates []*member // those of members that count, newest first
	notices    []Notice
	held       Reason // why nothing may be removed; no Rule if it may
}

func classify(sets []state.Set, now time.Time) *group {
	g := &group{members: make([]member, len(sets)), candidates: make([]*member, 0, len(sets))}
	tomorrow := state.NewStamp(state.NewStamp(now).Civil().Add(24 * time.Hour))
	for i, s := range sets {
		g.members[i] = member{key: s.Key, fixed: fixedRule(s, tomorrow)}
	}
	slices.SortFunc(g.members, func(a, b member) int {
		return cmp.Or(cmp.Compare(b.key.Stamp, a.key.Stamp), cmp.Compare(b.key.VM, a.key.VM))
	})
	fixed := map[string]int{}
	for i := range g.members {
		m := &g.members[i]
		if m.fixed == "" {
			g.candidates = append(g.candidates, m)
			continue
		}
		fixed[m.fixed]++
		m.keep(Reason{Rule: m.fixed, Text: m.fixed})
	}
	g.judge(fixed)
	return g
}

func fixedRule(s state.Set, tomorrow state.Stamp) string {
	switch {
	case s.Stamp > tomorrow:
		return futureRule
	case s.Counted():
		return ""
	}
	return string(s.State)
}

// judge finds what holds for the group as a whole.
func (g *group) judge(fixed map[string]int) {
	future, unknown, all := fixed[futureRule], fixed[string(state.Unknown)], len(g.members)
	if future > 0 {
		g.notice(futureRule, "%d of %d sets are dated in the future: kept, not counted", future, all)
	}
	switch {
	case unknown > 0:
		g.hold(string(state.Unknown), "nothing is removed while a set of this group is unknown")
	case 2*future > all:
		g.hold(futureRule, "nothing is removed while more than half of this group is dated in the future")
	case len(g.candidates) == 0 && all > 0:
		g.notice("no-candidate", "no set of this group counts: nothing of it is removed")
	}
}

func (g *group) notice(code, format string, args ...any) {
	g.notices = append(g.notices, Notice{Code: code, Text: fmt.Sprintf(format, args...)})
}

func (g *group) hold(rule, text string) {
	g.held = Reason{Rule: rule, Text: text}
	if rule != futureRule {
		g.notice(rule, "%s", text)
	}
}

func (g *group) result() Result {
	r := Result{Decisions: make([]Decision, len(g.members)), Notices: g.notices}
	for i := range g.members {
		m := &g.members[i]
		held := len(m.kept) == 0 && g.held.Rule != ""
		if held {
			m.keep(g.held)
		}
		r.Decisions[i] = Decision{Key: m.key, Keep: len(m.kept) > 0, Held: held, Reasons: m.kept}
		if len(m.kept) == 0 {
			r.Decisions[i].Reasons = m.removed
		}
	}
	return r
}
