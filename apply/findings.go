package apply

import (
	"context"
	"errors"
	"slices"
	"unicode/utf8"

	"github.com/vmxsync/vmxsync/apply/lock"
	"github.com/vmxsync/vmxsync/apply/step"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/known"
)

// A damaged copy justifies no delete: not in this run, and because of the record of its
// destination not in a later one. It is recorded as soon as it is found: a run that
// dies then loses at most the last finding.

// readFindings reads, of each destination where this run deletes anything, or counts on
// a copy, what was found there before it began: also by an apply that came between it
// and its plan. A record that cannot be read contributes nothing.
func (x *executor) readFindings(ctx context.Context) error {
	for _, p := range x.plan.Places {
		store := x.opts.Stores[p.Name]
		if p.Role == diff.SourceRole || store == nil || x.lost[p.Name] != nil || !x.relies(p) {
			continue
		}
		if last, _, err := state.ReadKnown(ctx, store, p.WorkDir); err == nil && last != nil {
			x.addFindings(p, last.Findings)
		}
	}
	return ctx.Err()
}

// relies reports whether the run deletes something because of what is at the place.
func (x *executor) relies(p diff.Place) bool {
	return slices.ContainsFunc(x.jobs, func(j *job) bool {
		return (j.Place.Name == p.Name && j.Deletes() || j.Has(diff.OpPrune)) && slices.Contains(j.destinations(), p.Name)
	})
}

// addFindings takes over findings, but for those that the plan accepts.
func (x *executor) addFindings(p diff.Place, all []known.Finding) {
	for _, f := range all {
		if address := state.Address(p.Name, state.KeyOf(f.Key)); !x.accepted(address, f) {
			x.findings.Add(address, f)
		}
	}
}

// accepted reports whether the plan accepts a finding: one that was there when it was
// made.
func (x *executor) accepted(address string, f known.Finding) bool {
	return x.plan.Options.AcceptsInFull(address) && f.Run != x.opts.Run && !f.At.After(x.plan.Now)
}

// recordDamage notes a damaged copy that a step has found, and records it at its
// destination.
func (x *executor) recordDamage(ctx context.Context, found error) {
	e, ok := errors.AsType[*step.DamagedError](found)
	if !ok {
		return
	}
	p := e.Copy.Place
	x.addFindings(p, []known.Finding{known.NewFinding(e.Key.AsRecorded(), e.Was, e.File, e.Why, x.opts.Run, x.opts.Began)})
	if !utf8.ValidString(e.Key.VM) { // no record can name it
		return
	}
	x.recording.Lock()
	defer x.recording.Unlock()
	left, err := x.recordAt(ctx, e.Copy.Store, p)
	if err != nil && ctx.Err() == nil && !errors.Is(err, lock.ErrHeld) { // its holder judges for itself
		x.tell(Unrecorded{p.Name, err})
	}
	if left == nil && p.Known != nil {
		left = x.newRecord(p, nil) // for this machine
	}
	if left != nil {
		x.recordsLeft[p.Name] = left
		x.opts.Recorded(p, left)
	}
}
