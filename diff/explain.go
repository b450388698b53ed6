package diff

import (
	"errors"
	"slices"
	"strings"
	"time"

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
	w := newPlanner(in)
	if err := w.refusal(); err != nil {
		return nil, err
	}
	var all []Explained
	var errs []error
	for _, d := range in.Spec.Destinations {
		if w.readable(d.Name) {
			p, err := w.planDestination(d, queue{})
			errs = append(errs, err)
			for _, c := range p.groups {
				if vms(c.vm) {
					all = append(all, c.explain())
				}
			}
		}
	}
	return all, errors.Join(errs...)
}

func (c *group) explain() Explained {
	e := Explained{Destination: c.dest.Name, VM: c.vm, Policy: c.policy.Name, Sets: []ExplainedSet{}}
	for _, s := range c.candidates {
		outcome, ok := s.outcome()
		if !ok {
			continue
		}
		set := ExplainedSet{Address: c.address(s.key), State: s.state, Outcome: outcome, Reasons: c.whyKept(s), Bytes: state.TotalBytes(s.content())}
		if outcome != OutcomeKept {
			set.Reasons = s.reasons
		}
		set.Adopted = s.remote != nil && s.remote.Manifest != nil && s.remote.Manifest.NoSums
		e.Sets = append(e.Sets, set)
	}
	e.addVanished(c)
	if c.rule == "" {
		e.Next = c.next()
	}
	return e
}

// addVanished inserts the sets that vanished, in their order. One that is uploaded
// again is listed as an upload.
func (e *Explained) addVanished(c *group) {
	record := c.w.Inventories[c.dest.Name].Known
	for _, s := range c.vanished {
		k := state.KeyOf(s.Key)
		if x := c.candidate(k); x != nil && x.changed {
			continue
		}
		text := "vanished: last seen " + record.LastSeen(s).UTC().Format(time.DateOnly) + ", not deleted by vmxsync"
		e.Sets = append(e.Sets, ExplainedSet{
			Address: c.address(k), State: state.Vanished, Outcome: OutcomeVanished, Bytes: s.Bytes,
			Reasons: []Reason{{Rule: vanishedRule, Code: vanishedRule, Text: text}},
		})
	}
	slices.SortStableFunc(e.Sets, func(a, b ExplainedSet) int { return strings.Compare(b.Address, a.Address) })
}

// outcome is false where there is nothing of the set.
func (s *candidate) outcome() (Outcome, bool) {
	switch {
	case s.changed:
		return Outcome(s.mode), true
	case s.deleted:
		return OutcomeDeleted, true
	case s.remote != nil, s.staged != nil && s.keep, s.stranded():
		return OutcomeKept, true
	case s.local != nil:
		return OutcomeNotUploaded, true
	case s.staged != nil:
		return OutcomeCleanedUp, true
	}
	return "", false
}

// farthest is how many backups ahead next looks.
const farthest = 400

// next plays the policy forward: sets keep arriving as often as the newest ones did,
// until one is deleted that is kept now.
func (c *group) next() *Next {
	var all, sets []state.Set
	stays := map[state.Key]bool{}
	for _, s := range c.candidates {
		set, ok := s.asSet()
		if ok {
			all = append(all, set)
		}
		if ok && s.keep && !s.deleted {
			sets = append(sets, set)
			stays[s.key] = true
		}
	}
	newest, every := interval(all)
	if newest == nil {
		return nil
	}
	zone, _ := c.w.zone(c.source)
	coming, now := *newest, c.w.Now.In(zone)
	for range farthest {
		coming.Key.Stamp = state.NewStamp(coming.Stamp.Civil().Add(every))
		if stays[coming.Key] { // the destination has it already: an unmarked set, for example
			continue
		}
		sets = append(sets, coming)
		if at := coming.Stamp.In(zone); at.After(now) {
			now = at
		}
		decisions := retention.Decide(c.policy, sets, now).Decisions
		for _, d := range slices.Backward(decisions) {
			if !d.Keep && stays[d.Key] {
				return &Next{Address: c.address(d.Key), With: coming.Stamp, Every: providers.Duration(every), Reasons: d.Reasons}
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
