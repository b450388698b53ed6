package diff

import (
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/vmxsync/vmxsync/diff/decide"
	"github.com/vmxsync/vmxsync/diff/observe"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/retention"
)

// Explained is one VM at one destination with what a plan decides on each of
// its sets.
type Explained struct {
	Destination string         `json:"destination"`
	VM          string         `json:"vm"`
	Policy      string         `json:"policy,omitempty"` // "" where no backup sends the VM there
	Sets        []ExplainedSet `json:"sets"`             // newest first
	Next        *Next          `json:"next,omitempty"`
}

// ExplainedSet is one set that is at the destination, or could be uploaded.
type ExplainedSet struct {
	Address string      `json:"address"`
	State   state.State `json:"state"`
	Outcome Outcome     `json:"fate"`
	Reasons []Reason    `json:"reasons"`
	Bytes   int64       `json:"bytes"`
	// Adopted: its manifest, which was read, has no sums.
	Adopted bool `json:"adopted,omitempty"`
}

// Outcome is what becomes of a set.
type Outcome string

// The outcomes. What a plan creates or updates has the mode as its outcome.
const (
	OutcomeKept        Outcome = "kept"
	OutcomeDeleted     Outcome = "removed"
	OutcomeNotUploaded Outcome = "not-uploaded"
	OutcomeCleanedUp   Outcome = "cleaned-up" // an upload that was begun
	OutcomeVanished    Outcome = "vanished"   // recorded, absent, and not deleted by an apply
)

// Next is the set that is deleted next, if backups continue as before.
type Next struct {
	Address string             `json:"address"`
	With    state.Stamp        `json:"with"`  // the set that arrives then
	Every   providers.Duration `json:"every"` // between two sets: "24h"
	Reasons []Reason           `json:"reasons"`
}

// Explain decides as Compute does and returns the decisions set by set, for the VMs
// that are asked for.
func Explain(in Input, vms func(string) bool) ([]Explained, error) {
	w := in.world()
	if _, err := refuse(w); err != nil {
		return nil, err
	}
	groups, err := decideAll(w)
	var all []Explained
	for _, g := range groups {
		if vms(g.VM) {
			all = append(all, explain(g))
		}
	}
	return all, err
}

// decideAll decides about all groups of the destinations that were read, without regard to
// quotas.
func decideAll(w *observe.World) (groups []*decide.Group, err error) {
	var errs []error
	for _, d := range w.Spec.Destinations {
		if w.Readable(d.Name) {
			p, err := planDestination(w, d, observe.Queue{})
			groups, errs = append(groups, p.groups...), append(errs, err)
		}
	}
	return groups, errors.Join(errs...)
}

func explain(g *decide.Group) Explained {
	e := Explained{Destination: g.Destination.Name, VM: g.VM, Policy: g.Policy.Name, Sets: []ExplainedSet{}}
	for _, d := range g.Decisions {
		outcome, ok := outcomeOf(g, d)
		if !ok {
			continue
		}
		set := ExplainedSet{Address: g.Address(d.Key), State: d.State, Outcome: outcome, Reasons: d.Reasons, Bytes: state.TotalBytes(d.Content())}
		if outcome == OutcomeKept {
			set.Reasons = decide.WhyKept(g, d)
		}
		set.Adopted = d.Remote != nil && d.Remote.Manifest != nil && d.Remote.Manifest.NoSums
		e.Sets = append(e.Sets, set)
	}
	e.addVanished(g)
	if g.Rule == "" {
		e.Next = next(g)
	}
	return e
}

// addVanished inserts the sets that vanished, in their order. One that is uploaded
// again is listed as an upload.
func (e *Explained) addVanished(g *decide.Group) {
	record := g.There().Known
	for _, s := range g.Vanished {
		k := state.KeyOf(s.Key)
		if d, _ := g.Of(k); d.Disposition.Creates() {
			continue
		}
		const rule = string(state.Vanished)
		text := "vanished: last seen " + record.LastSeen(s).UTC().Format(time.DateOnly) + ", not deleted by vmxsync"
		e.Sets = append(e.Sets, ExplainedSet{
			Address: g.Address(k), State: state.Vanished, Outcome: OutcomeVanished, Bytes: s.Bytes,
			Reasons: []Reason{{Rule: rule, Code: rule, Text: text}},
		})
	}
	slices.SortStableFunc(e.Sets, func(a, b ExplainedSet) int { return strings.Compare(b.Address, a.Address) })
}

// outcomeOf is false where there is nothing of the set.
func outcomeOf(g *decide.Group, d decide.Decision) (Outcome, bool) {
	switch {
	case d.Disposition.Creates():
		return Outcome(modes[d.Disposition]), true
	case d.Disposition.Deletes():
		return OutcomeDeleted, true
	case d.Remote != nil, d.Staged != nil && d.Kept(), decide.Stranded(g, d.Candidate):
		return OutcomeKept, true
	case d.Local != nil:
		return OutcomeNotUploaded, true
	case d.Staged != nil:
		return OutcomeCleanedUp, true
	}
	return "", false
}

// farthest is how many backups ahead next looks.
const farthest = 400

// next plays the policy forward: sets keep arriving as often as the newest ones did,
// until one is deleted that is kept now.
func next(g *decide.Group) *Next {
	var all, sets []state.Set
	stays := map[state.Key]bool{}
	for _, d := range g.Decisions {
		set, ok := decide.AsSet(d.Candidate)
		if ok {
			all = append(all, set)
		}
		if ok && d.Kept() && !d.Disposition.Deletes() {
			sets = append(sets, set)
			stays[d.Key] = true
		}
	}
	newest, every := interval(all)
	if newest == nil {
		return nil
	}
	zone, _ := g.World.Zone(g.Source)
	coming, now := *newest, g.World.Now.In(zone)
	for range farthest {
		coming.Key.Stamp = state.NewStamp(coming.Stamp.Civil().Add(every))
		if stays[coming.Key] { // the destination has it already: an unmarked set, for example
			continue
		}
		sets = append(sets, coming)
		if at := coming.Stamp.In(zone); at.After(now) {
			now = at
		}
		decisions := retention.Decide(g.Policy, sets, now).Decisions
		for _, d := range slices.Backward(decisions) {
			if !d.Keep && stays[d.Key] {
				return &Next{Address: g.Address(d.Key), With: coming.Stamp, Every: providers.Duration(every), Reasons: d.Reasons}
			}
		}
		gone := map[state.Key]bool{} // of those that came
		for _, d := range decisions {
			gone[d.Key] = !d.Keep
		}
		sets = slices.DeleteFunc(sets, func(s state.Set) bool { return gone[s.Key] })
	}
	return nil
}

// lately is how many of the newest sets the interval is computed from.
const lately = 10

// interval is the newest set that counts, and the median time between the newest
// ones, whether they stay or not: a day where there is only one.
func interval(sets []state.Set) (*state.Set, time.Duration) {
	var newest *state.Set
	var gaps []time.Duration
	var last time.Time
	for i, s := range sets {
		if !s.Counted() || len(gaps) == lately {
			continue
		}
		at := s.Stamp.Civil()
		if newest == nil {
			newest = &sets[i]
		} else if gap := last.Sub(at); gap > 0 {
			gaps = append(gaps, gap)
		}
		last = at
	}
	if len(gaps) == 0 {
		return newest, 24 * time.Hour
	}
	slices.Sort(gaps)
	return newest, gaps[len(gaps)/2]
}
