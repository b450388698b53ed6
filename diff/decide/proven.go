package decide

import (
	"time"

	"github.com/vmxsync/vmxsync/diff/notice"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
)

// NotProven are the sets that stay and count there, are older than verified_within, and of
// which no proof is younger than that. Sets without checksums cannot be proven, and of those
// whose ledger was not read nothing is known. A proof dated in the future does not count.
func NotProven(g *Group) (due []Decision) { return NotProvenWithin(g, g.Verified) }

// NotProvenWithin are those by that span; zero: none is missed.
func NotProvenWithin(g *Group, span config.Span) (due []Decision) {
	zone, err := g.World.Zone(g.Source)
	if span.IsZero() || g.Unknown != nil || err != nil {
		return nil
	}
	limit := span.Before(g.World.Now.In(zone))
	for _, d := range g.Decisions {
		if !d.Counted() || d.Disposition.Deletes() || d.Remote.Proven == nil || d.Key.Stamp.In(zone).After(limit) {
			continue
		}
		is := *d.Remote.Proven
		if is.Level != state.NotProvable && is.Level != state.ProofUnknown && (!is.Since(limit) || state.IsAhead(is.At, g.World.Now)) {
			due = append(due, d)
		}
	}
	return due
}

// noteProven warns of the sets that are not proven within verified_within, and of those of
// which that is not known.
func noteProven(g *Group) {
	if g.World.Flags.Destroy {
		return
	}
	for _, d := range NotProven(g) {
		n := g.Note(&notice.NotProven, *d.Remote, "never proven")
		if at := d.Remote.Proven.At; !at.IsZero() {
			n.Why = "last proven " + at.Format(time.DateOnly)
		}
		n.Also = " -older-than=" + g.Verified.String()
		g.note(n)
	}
	for _, d := range g.Decisions {
		if !g.Verified.IsZero() && d.Counted() && d.Remote.Proven != nil && d.Remote.Proven.Level == state.ProofUnknown {
			g.note(g.Note(&notice.UnreadProofs, *d.Remote, d.Remote.Proven.Problem))
		}
	}
}
