package retention

import (
	"fmt"
	"slices"

	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
)

// cap takes back what the rules keep and the floor does not, oldest first.
func (g *group) cap(p config.Policy, now state.Stamp) {
	if len(g.candidates) == 0 {
		return
	}
	if !p.MaxAge.IsZero() {
		g.capAge(p.MaxAge, now)
	}
	if p.MaxCount > 0 {
		g.capCount(p.MaxCount)
	}
	if p.MaxSize > 0 {
		g.capSize(p.MaxSize)
	}
}

// capAge counts from now, so it is suspended when backups stopped so long ago
// that it would take the last ones.
func (g *group) capAge(span config.Span, now state.Stamp) {
	cutoff := before(now, span)
	if g.candidates[0].key.Stamp < cutoff {
		g.notices = append(g.notices, MaxAgeUnused)
		return
	}
	why := &Reason{Rule: "max_age", Code: Cap, Cutoff: string(cutoff), Text: fmt.Sprintf("max_age %s: older than %s", span, short(cutoff))}
	for _, c := range slices.Backward(g.candidates) {
		if c.key.Stamp >= cutoff {
			return
		}
		c.exceed(why)
	}
}

func (g *group) capCount(most int) {
	kept := 0
	for _, c := range g.candidates {
		if len(c.kept) > 0 {
			kept++
		}
	}
	why := &Reason{Rule: "max_count", Code: Cap, N: kept, Of: most, Text: fmt.Sprintf("max_count %d: %d would be kept", most, kept)}
	for _, c := range slices.Backward(g.candidates) {
		if kept <= most {
			return
		}
		if c.exceed(why) {
			kept--
		}
	}
}

func (g *group) capSize(most int64) {
	var kept int64
	for _, c := range g.candidates {
		if len(c.kept) == 0 {
			continue
		}
		if c.bytes < 0 {
			g.notices = append(g.notices, MaxSizeUnused)
			return
		}
		kept += c.bytes
	}
	why := &Reason{
		Rule: "max_size_per_vm", Code: Cap,
		Text: fmt.Sprintf("max_size_per_vm %s: %s would be kept", state.FormatBytes(most), state.FormatBytes(kept)),
	}
	for _, c := range slices.Backward(g.candidates) {
		if kept <= most {
			return
		}
		if c.exceed(why) {
			kept -= c.bytes
		}
	}
}

// exceed drops a kept set, unless the floor protects it: then that becomes a reason.
// It reports whether the set is dropped.
func (m *member) exceed(why *Reason) bool {
	switch {
	case len(m.kept) == 0:
		return false
	case m.guarded != nil:
		m.said()
		return false
	}
	m.kept, m.removed = nil, []*Reason{why}
	return true
}
