package retention

import (
	"cmp"
	"slices"
	"time"

	"github.com/vmxsync/vmxsync/state"
)

// futureRule is the rule of sets that are dated after tomorrow.
const futureRule = "future-dated"

// member is one set on its way to a decision.
type member struct {
	key     state.Key
	bytes   int64  // negative: not known
	fixed   string // rule that keeps it without counting it; "" for a candidate
	kept    []Reason
	removed []*Reason // shared with others
	guarded *Reason   // why neither rule nor cap may drop it; nil if they may
	spoken  bool      // guarded is among kept
}

func (m *member) keep(r Reason) {
	r.Code = Selected
	m.kept = append(m.kept, r)
}

func (m *member) drop(r *Reason) { m.removed = append(m.removed, r) }

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
		g.members[i] = member{key: s.Key, bytes: bytesOf(s), fixed: fixedRule(s, tomorrow)}
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
		if m.fixed == incompleteRule {
			continue
		}
		m.keep(Reason{Rule: m.fixed, Text: m.fixed})
	}
	g.judge(fixed)
	g.keepStarts()
	return g
}

// bytesOf is negative where the size of a file is not known.
func bytesOf(s state.Set) int64 {
	for _, f := range s.Files {
		if f.Size < 0 {
			return -1
		}
	}
	return s.Bytes()
}

func fixedRule(s state.Set, tomorrow state.Stamp) string {
	switch {
	case s.State == state.Unknown: // whatever it is dated, it holds its group
		return string(state.Unknown)
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
		g.notices = append(g.notices, FutureDated)
	}
	switch {
	case unknown > 0:
		g.held = Reason{Rule: string(state.Unknown), Text: "nothing is deleted while the state of a set of this VM is not known"}
		g.notices = append(g.notices, UnknownSet)
	case 2*future > all:
		g.held = Reason{Rule: futureRule, Text: "nothing is deleted while more than half of the sets of this VM are dated in the future"}
	case len(g.candidates) == 0 && all > fixed[incompleteRule]:
		g.notices = append(g.notices, NoCandidate)
	}
}

func (g *group) result() Result {
	r := Result{Decisions: make([]Decision, len(g.members)), Notices: g.notices}
	var why shared
	for i := range g.members {
		m := &g.members[i]
		held := len(m.kept) == 0 && g.held.Rule != ""
		if held {
			m.keep(g.held)
		}
		d := Decision{Key: m.key, Keep: len(m.kept) > 0, Held: held, Reasons: m.kept}
		if !d.Keep {
			d.Reasons = why.of(m.removed)
		}
		r.Decisions[i] = d
	}
	return r
}

// shared spells out reasons. Neighbours mostly have the same ones: a million sets must
// not hold a million copies.
type shared struct {
	last    []*Reason
	reasons []Reason
}

func (s *shared) of(reasons []*Reason) []Reason {
	if s.reasons != nil && slices.Equal(reasons, s.last) {
		return s.reasons
	}
	s.last, s.reasons = reasons, make([]Reason, len(reasons))
	for i, r := range reasons {
		s.reasons[i] = *r
	}
	return s.reasons
}
