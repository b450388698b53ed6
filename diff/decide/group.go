package decide

import (
	"errors"
	"slices"
	"time"

	"github.com/vmxsync/vmxsync/diff/notice"
	"github.com/vmxsync/vmxsync/diff/observe"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/retention"
)

// Group is one VM at one destination with what the plan does with each of its sets.
type Group struct {
	observe.Group
	Decisions []Decision // one for each candidate, newest first
	Leftovers []Leftover // that are cleaned up
	Kept      []Kept     // sets that stay
	Selection Selection
	Lacking   error // why the newest ready local set is not backed up; nil if it is
}

// Kept is a set that stays.
type Kept struct {
	Key     state.Key
	State   state.State // incomplete: a started upload, or a delete that was begun in place
	Reasons []retention.Reason
}

// The kinds of leftovers.
const (
	Staging = "staging"
	InPlace = "in_place" // an upload in place, and its claim in staging
	Trash   = "trash"
	Return  = "return" // what is moved back to its final name
)

// Leftover is what is left of a set and is cleaned up: no delete in the sense of counts and
// guards.
type Leftover struct {
	Key   state.Key
	Kind  string
	Path  string       // of its folder
	Files []state.File // all files in it; of InPlace our parts at the final name
	Claim *state.Claim // of InPlace: the claim under which our parts are
}

// Selection is what -target and -exclude have done to a plan.
type Selection struct {
	Excluded []string // addresses of changes that are left out
	Added    int      // uploads that are in it only because deletes depend on them
}

// Exclude notes that a change is left out.
func (s *Selection) Exclude(address string) { s.Excluded = append(s.Excluded, address) }

// Join adds another part of the plan.
func (s *Selection) Join(o Selection) {
	s.Excluded = append(s.Excluded, o.Excluded...)
	s.Added += o.Added
}

// Of returns the decision about a key; false where the group has no such set.
func (g *Group) Of(k state.Key) (Decision, bool) {
	i, ok := g.Find(k)
	if !ok {
		return Decision{}, false
	}
	return g.Decisions[i], true
}

// count is how many decisions are like that.
func (g *Group) count(is func(Decision) bool) (n int) {
	for _, d := range g.Decisions {
		if is(d) {
			n++
		}
	}
	return n
}

// Complete is how many sets the destination holds that count now.
func (g *Group) Complete() int { return g.count(Decision.Counted) }

// BackedUp reports whether the destination has a set of the VM, or gets one by this plan.
func (g *Group) BackedUp() bool {
	return slices.ContainsFunc(g.Decisions, func(d Decision) bool {
		return d.Disposition.Creates() || d.Remote != nil && d.Remote.State == state.Complete
	})
}

// Newest is the newest set that is like that.
func (g *Group) Newest(is func(Decision) bool) (Decision, bool) {
	if i := slices.IndexFunc(g.Decisions, is); i >= 0 {
		return g.Decisions[i], true
	}
	return Decision{}, false
}

// Suspects are the suspicious sets at the destination or in the plan, newest first.
func (g *Group) Suspects() (all []Decision) {
	for _, d := range g.Decisions {
		if d.Suspect != "" && (d.Wish == WantsKept || d.Wish == WantsHeld) {
			all = append(all, d)
		}
	}
	return all
}

// Omits reports whether -target or -exclude leaves out an upload.
func (g *Group) Omits() bool {
	return slices.ContainsFunc(g.Decisions, func(d Decision) bool { return d.Disposition == Omit })
}

// holdBack lets nothing of the group be deleted, if nothing else does so already.
func (g *Group) holdBack(why string) {
	if g.Held == nil {
		g.Held = errors.New(why)
	}
}

func (g *Group) note(n notice.Note) { g.Notes = append(g.Notes, n) }

// Judged reports whether the VM must have a fresh set there: its backup wants it,
// and a set there has our manifest, whether or not a source still holds the VM.
func Judged(g *Group) bool {
	placed := func(d Decision) bool { return d.Remote != nil && !d.Displaced() }
	marked := func(d Decision) bool { return d.Remote != nil && d.Remote.Marked }
	return !g.Fresh.IsZero() && g.Unknown == nil && slices.ContainsFunc(g.Decisions, placed) && slices.ContainsFunc(g.Decisions, marked)
}

// Old reports whether a set of that time is no longer fresh.
func Old(g *Group, stamp state.Stamp) bool {
	zone, err := g.World.Zone(g.Source)
	return err == nil && !stamp.In(zone).After(g.Fresh.Before(g.World.Now.In(zone)))
}

// Missed is when a VM was last seen at its source whose next set is overdue there by
// the time between its last two; false where that is not so.
func Missed(g *Group) (since time.Time, missed bool) {
	since, gone := g.GoneSince()
	zone, err := g.World.Zone(g.Source)
	if !gone || err != nil {
		return since, false
	}
	var last []time.Time // newest first
	for _, d := range g.Decisions {
		if d.Counted() {
			last = append(last, d.Key.Stamp.In(zone))
		}
	}
	if len(last) < 2 {
		return since, false
	}
	every := last[0].Sub(last[1])
	return since, g.World.Now.After(last[0].Add(every + every/16)) // no night begins on the second
}

// Stranded reports whether the set is whole in staging, and nothing brings it to its final
// name.
func Stranded(g *Group, c observe.Candidate) bool {
	return g.InPlace() && c.Remote == nil && c.Local == nil && c.WholeInStaging()
}
