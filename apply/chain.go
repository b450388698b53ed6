package apply

import (
	"slices"

	"github.com/vmxsync/vmxsync/diff"
)

// chain is all changes of one scope, in the order of the plan: the unit of failure.
// Chains do not depend on each other.
type chain struct {
	scope  string
	jobs   []*job
	next   int  // of the jobs: those before it were begun
	broken *job // the first that failed or was cancelled; nil if none
}

func (c *chain) fail(j *job) {
	if c.broken == nil {
		c.broken = j
	}
}

// firstUpload is the upload of the newest set that the destination lacks; nil if the
// chain sends nothing.
func (c *chain) firstUpload() *job {
	i := slices.IndexFunc(c.jobs, func(j *job) bool { return j.Has(diff.OpPut) })
	if i < 0 {
		return nil
	}
	return c.jobs[i]
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
	}
	return all
}
