package diff

import (
	"cmp"
	"maps"
	"slices"
	"sort"

	"github.com/vmxsync/vmxsync/state"
)

// Where deletes make room for the uploads, one night without uploads leaves more sets
// to send than may go for them, and each night adds some. A plan that is all or
// nothing would be refused for ever. So what fits is sent: the newest set of each VM
// first, and then the others as older sets make room for them.

// postponedRule is the code of the note that uploads wait for room in the quota.
const postponedRule = "postponed"

// waiting is an upload that may wait for a later plan.
type waiting struct {
	address string
	depth   int // how many newer uploads its VM has
	vm      string
}

// postponable are the uploads to a destination that may wait, those first that matter
// most. An upload that was begun continues.
func (w *planner) postponable(d state.Destination) (all []waiting) {
	for _, c := range w.groups {
		if c.dest.Name != d.Name || c.order != state.DeleteFirst {
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

// planFitting plans a destination anew with as many of those uploads as fit into its
// quota; false where no upload does.
func (w *planner) planFitting(d state.Destination, before mark, queue []waiting) bool {
	out := map[string]bool{} // the addresses that wait
	for _, x := range queue {
		out[x.address] = true
	}
	w.queued = maps.Clone(out)
	fits := func(out map[string]bool) bool {
		w.forget(d, before)
		w.postponed = out
		return w.planDestination(d) == nil && w.withinQuota(d, before)
	}
	newest, _ := slices.BinarySearchFunc(queue, 1, func(x waiting, depth int) int { return cmp.Compare(x.depth, depth) })
	for _, x := range queue[:newest] {
		delete(out, x.address)
		if !fits(out) {
			out[x.address] = true
		}
	}
	rest := queue[newest:]
	with := func(n int) map[string]bool {
		less := maps.Clone(out)
		for _, x := range rest[:n] {
			delete(less, x.address)
		}
		return less
	}
	n := sort.Search(len(rest), func(n int) bool { return !fits(with(n + 1)) })
	return fits(with(n)) && slices.ContainsFunc(w.plan.Changes[before.changes:], Change.Uploads)
}

// postpone takes an upload out of this plan, and what retention would want in its
// place.
func (c *group) postpone(s *candidate) {
	if s.mode != Upload || c.order != state.DeleteFirst || c.w.queued == nil {
		return
	}
	switch at := c.address(s.key); {
	case c.w.postponed[at]:
		s.mode, s.state, s.postponed = "", state.Incomplete, true
		c.note(postponedRule, *s.local, "")
	case !c.w.queued[at]:
		s.mode = ""
		c.note("not-uploaded", *s.local, "newer sets come first")
	}
}
