package apply

import (
	"context"
	"slices"

	"github.com/vmxsync/vmxsync/apply/record"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/known"
	"github.com/vmxsync/vmxsync/state/read"
)

// A damaged copy justifies no delete: not in this run, and because of the record of its
// destination not in a later one.

// read reads, of each destination where this run deletes anything, or counts on a copy,
// what was found there before it began: also by an apply that came between it and its
// plan. A record that cannot be read contributes nothing.
func (r *recorder) read(ctx context.Context) error {
	for _, p := range r.plan.Places {
		store := r.opts.Stores[p.Name]
		if p.Role == diff.SourceRole || store == nil || r.stops.lost[p.Name] != nil || !r.relies(p) {
			continue
		}
		if last, _, err := read.Known(ctx, store, p.WorkDir); err == nil && last != nil {
			r.add(p, last.Findings)
		}
	}
	return ctx.Err()
}

// relies reports whether the run deletes something because of what is at the place.
func (r *recorder) relies(p diff.Place) bool {
	return slices.ContainsFunc(r.jobs.all, func(j *job) bool {
		return (j.Place.Name == p.Name && j.Deletes() || j.Has(diff.OpPrune)) && slices.Contains(j.destinations(), p.Name)
	})
}

// add takes over findings, but for those that the plan accepts.
func (r *recorder) add(p diff.Place, all []known.Finding) {
	for _, f := range all {
		if address := state.Address(p.Name, state.KeyOf(f.Key)); !record.Accepts(r.plan, r.opts.Run, address, f) {
			r.findings.Add(address, f)
		}
	}
}
