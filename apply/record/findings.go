package record

import (
	"context"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/known"
)

// A damaged copy justifies no delete: not in this run, and because of the record of its
// destination not in a later one.

// Read reads, of each destination where this run deletes anything, or counts on a copy,
// what was found there before it began: also by an apply that came between it and its
// plan. A record that cannot be read contributes nothing.
func (r *Recorder) Read(ctx context.Context) error {
	for _, p := range r.run.Plan.Places {
		store := r.run.Stores[p.Name]
		if p.Role == diff.SourceRole || store == nil || r.run.Work.Lost(p.Name) || !r.run.Work.Relies(p.Name) {
			continue
		}
		if was := r.readLast(ctx, store, p); was.err == nil && was.record != nil {
			r.add(p, was.record.Findings)
		}
	}
	return ctx.Err()
}

// add takes over findings, but for those that the plan accepts.
func (r *Recorder) add(p diff.Place, all []known.Finding) {
	for _, f := range all {
		if address := state.Address(p.Name, state.KeyOf(f.Key)); !Accepts(r.run.Plan, r.run.ID, address, f) {
			r.findings.Add(address, f)
		}
	}
}
