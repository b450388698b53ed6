package retention

import (
	"fmt"

	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
)

// keepFloor keeps what no rule and no cap may drop: pins, the newest
// candidates, and the young ones.
func (g *group) keepFloor(p config.Policy, now state.Stamp) {
	g.keepPins(p.Pins)
	n := max(p.MinKeep, 1)
	for i, c := range g.candidates[:min(n, len(g.candidates))] {
		c.guard(Reason{Rule: "min_keep", N: i + 1, Of: n, Text: fmt.Sprintf("min_keep %d of %d", i+1, n)})
	}
	if p.MinAge.IsZero() {
		return
	}
	cutoff := before(now, p.MinAge)
	young := Reason{Rule: "min_age", Cutoff: string(cutoff), Text: fmt.Sprintf("min_age %s (since %s)", p.MinAge, short(cutoff))}
	for _, c := range g.candidates {
		if c.key.Stamp < cutoff {
			return
		}
		c.guard(young)
	}
}

// keepPins keeps a pinned set whatever its state is.
func (g *group) keepPins(pins []config.Pin) {
	if len(pins) == 0 {
		return
	}
	reasons := make(map[state.Key]string, len(pins))
	for _, p := range pins {
		reasons[p.Key] = p.Reason
	}
	for i := range g.members {
		m := &g.members[i]
		why, pinned := reasons[m.key]
		if !pinned {
			continue
		}
		text := "pinned"
		if why != "" {
			text += ": " + why
		}
		m.guard(Reason{Rule: "pinned", Text: text})
		m.said()
	}
}

// guard protects a set. That is a reason of its own only where nothing else keeps it:
// as a reason of each newest set it would be noise.
func (m *member) guard(r Reason) {
	if m.guarded != nil {
		return
	}
	m.guarded = &r
	if len(m.kept) == 0 {
		m.said()
	}
}

// said lists what protects the set among its reasons, once.
func (m *member) said() {
	if !m.spoken {
		m.spoken = true
		m.keep(*m.guarded)
	}
}
