package apply

import (
	"slices"

	"github.com/vmxsync/vmxsync/apply/outcome"
	"github.com/vmxsync/vmxsync/diff"
)

// chain is all changes of one scope, in the order of the plan: the unit of failure.
// Chains do not depend on each other.
type chain struct {
	scope  string
	jobs   []*job
	left   []*job // the last of them, which were not begun
	newest *job   // the upload of the newest set that the destination lacks; nil if none
	broken *job   // the first that failed or was cancelled; nil if none
	waits  *job   // the first that was postponed; nil if none
}

// smallBytes is what several new sets of a VM may have together to be sent at once: with
// so little, the time goes into waiting for replies. Large ones would share the bandwidth,
// and the newest would be complete as late as the oldest.
const smallBytes = 64 << 20

// atOnce are the next jobs that may be done at the same time: at most so many small new
// sets, deletes that are proven together, or one job. The newest set has no company: where
// room is scarce, the newest of other VMs come before the rest of this one.
func (c *chain) atOnce(most int) []*job {
	if n := c.deletes(); n > 0 {
		return c.left[:n]
	}
	n, bytes := 0, int64(0)
	for _, j := range c.left[:min(most, len(c.left))] {
		bytes += j.Change.Bytes
		if !j.adds() || j == c.newest || bytes > smallBytes {
			break
		}
		n++
	}
	return c.left[:max(n, 1)]
}

// provenTogether is the share of the sets of a VM whose deletes are proven by one listing of
// them all: what n deletes list grows with n, and not with its square. A VM of fewer sets
// than twice this has each delete proven alone.
const provenTogether = 16

// deletes is how many of the next jobs are deletes that are proven together; 0 if the next
// one deletes nothing.
func (c *chain) deletes() int {
	most := max(len(c.left[0].Group.Saw)/provenTogether, 1)
	n := 0
	for _, j := range c.left[:min(most, len(c.left))] {
		if _, deletes := j.Deletion(); !deletes {
			break
		}
		n++
	}
	return n
}

// ended notes how a job ended which later deletes of the chain may depend on.
func (c *chain) ended(j *job, broke bool) {
	if broke && c.broken == nil {
		c.broken = j
	}
	if j.outcome.Status == outcome.StatusPostponed && c.waits == nil {
		c.waits = j
	}
}

// chainsOf groups the changes into chains, ordered by their first change. The jobs of a
// chain are sorted by rank, not by the plan. The chains of destinations come first,
// those of sources second: they rely on the sets that are at the destinations by then.
func chainsOf(jobs []*job) (all [2][]*chain) {
	of := map[string]*chain{}
	for _, j := range jobs {
		if j.Change.Address == "" {
			continue
		}
		c := of[j.Scope()]
		if c == nil {
			c = &chain{scope: j.Scope()}
			of[c.scope] = c
			phase := 0
			if j.Place.Role == diff.SourceRole {
				phase = 1
			}
			all[phase] = append(all[phase], c)
		}
		c.jobs = append(c.jobs, j)
	}
	for _, c := range of {
		slices.SortStableFunc(c.jobs, func(a, b *job) int { return a.Rank() - b.Rank() })
		c.left = c.jobs
		if i := slices.IndexFunc(c.jobs, func(j *job) bool { return j.Has(diff.OpPut) }); i >= 0 {
			c.newest = c.jobs[i]
		}
	}
	return all
}
