package diff

import (
	"cmp"
	"maps"
	"slices"
	"sort"

	"github.com/vmxsync/vmxsync/diff/notice"
	"github.com/vmxsync/vmxsync/state"
)

// Where deletes make room for the uploads, one night without uploads leaves more sets
// to send than may go for them, and each night adds some. A plan that is all or
// nothing would be refused for ever. So what fits is sent: the newest set of each VM
// first, and then the others as older sets make room for them.

// waiting is an upload that may wait for a later plan.
type waiting struct {
	address string
	depth   int // how many newer uploads its VM has
	vm      string
}

// queue are uploads that make room for each other, by address; the zero value lets all
// uploads into the plan.
type queue struct {
	all   map[string]bool // that the plan would send if there were room; nil: there is
	waits map[string]bool // of these, those that wait for a later plan
}

// postponable are the uploads to a destination that may wait, those first that matter
// most. An upload that was begun continues.
func (p *DestinationPlan) postponable() (all []waiting) {
	for _, c := range p.groups {
		if c.order != state.DeleteFirst {
			continue
		}
		depth := 0
		for _, change := range c.creates { // newest first
			if change.Mode == Upload {
				all = append(all, waiting{change.Address, depth, c.vm})
			}
			depth++
		}
	}
	slices.SortFunc(all, func(a, b waiting) int { return cmp.Or(cmp.Compare(a.depth, b.depth), cmp.Compare(a.vm, b.vm)) })
	return all
}

// planFitting plans a destination with as many of those uploads as fit into its quota;
// false where no upload does.
func (w *planner) planFitting(d state.Destination, candidates []waiting) (DestinationPlan, bool) {
	all := map[string]bool{}
	for _, x := range candidates {
		all[x.address] = true
	}
	try := func(waits map[string]bool) (DestinationPlan, bool) {
		p, err := w.planDestination(d, queue{all, waits})
		return p, err == nil && p.within(d.Quota)
	}
	waits := maps.Clone(all)
	newest, _ := slices.BinarySearchFunc(candidates, 1, func(x waiting, depth int) int { return cmp.Compare(x.depth, depth) })
	for _, x := range candidates[:newest] {
		delete(waits, x.address)
		if _, fits := try(waits); !fits {
			waits[x.address] = true
		}
	}
	rest := candidates[newest:]
	with := func(n int) (DestinationPlan, bool) {
		fewer := maps.Clone(waits)
		for _, x := range rest[:n] {
			delete(fewer, x.address)
		}
		return try(fewer)
	}
	n := sort.Search(len(rest), func(n int) bool {
		_, fits := with(n + 1)
		return !fits
	})
	p, fits := with(n)
	return p, fits && slices.ContainsFunc(p.Changes, Change.uploads)
}

// postpone takes an upload out of this plan, and what retention would want in its
// place.
func (c *group) postpone(s *candidate, q queue) {
	if s.mode != Upload || c.order != state.DeleteFirst || q.all == nil {
		return
	}
	switch at := c.address(s.key); {
	case q.waits[at]:
		s.mode, s.state, s.postponed = "", state.Incomplete, true
		c.note(&notice.Postponed, *s.local, "")
	case !q.all[at]:
		s.mode = ""
		c.note(&notice.NotUploaded, *s.local, "newer sets come first")
	}
}
