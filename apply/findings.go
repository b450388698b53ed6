package apply

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/vmxsync/vmxsync/apply/lock"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/known"
	"github.com/vmxsync/vmxsync/state/read"
)

// errRotten: the bytes of a copy at a destination do not match its manifest.
var errRotten = errors.New("the copy is damaged")

// A damaged copy justifies no delete: not in this run, and because of the record of its
// destination not in a later one. It is recorded as soon as it is found: a run that
// dies then loses at most the last finding.

// rottenError names a file of a copy that does not match what was sent when it was read
// back.
type rottenError struct {
	file string // from the folder of the set
	why  string
}

func (e *rottenError) Error() string { return fmt.Sprintf("%s: %v: %s", e.file, errRotten, e.why) }
func (e *rottenError) Unwrap() error { return errRotten }

// rottenHint is the hint for the damaged copy at an address: where a set cannot be
// moved to trash, it is deleted first.
func rottenHint(p diff.Place, address string) string {
	mend := fmt.Sprintf("To send it again: vmxsync plan -replace=%s -out=plan.out.", diff.Quoted(address))
	if p.Publish == state.InPlace {
		mend = fmt.Sprintf("To delete it, so that it is sent again: vmxsync plan -destroy -target=%s -out=plan.out.", diff.Quoted(address))
	}
	return "The local set is kept, and the damaged copy is not counted. " + mend + " Check the disk and the memory of the destination."
}

// readFindings reads, of each destination where this run deletes anything, or counts on
// a copy, what was found there before it began: also by an apply that came between it
// and its plan. A record that cannot be read contributes nothing.
func (x *executor) readFindings(ctx context.Context) error {
	for _, p := range x.plan.Places {
		store := x.opts.Stores[p.Name]
		if p.Role == diff.SourceRole || store == nil || x.lost[p.Name] != nil || !x.relies(p) {
			continue
		}
		if last, _, err := read.Known(ctx, store, p.WorkDir); err == nil && last != nil {
			x.addFindings(p, last.Findings)
		}
	}
	return ctx.Err()
}

// relies reports whether the run deletes something because of what is at the place.
func (x *executor) relies(p diff.Place) bool {
	return slices.ContainsFunc(x.jobs, func(j *job) bool {
		return (j.place.Name == p.Name && j.deletes() || j.has(diff.OpPrune)) && slices.Contains(j.destinations(), p.Name)
	})
}

// addFindings takes over findings, but for those that the plan accepts.
func (x *executor) addFindings(p diff.Place, all []known.Finding) {
	x.ending.Lock()
	defer x.ending.Unlock()
	for _, f := range all {
		if address := state.Address(p.Name, state.KeyOf(f.Key)); !x.accepted(address, f) {
			x.findings[address] = f
		}
	}
}

// accepted reports whether the plan accepts a finding: one that was there when it was
// made.
func (x *executor) accepted(address string, f known.Finding) bool {
	return x.plan.Options.AcceptsInFull(address) && f.Run != x.opts.Run && !f.At.After(x.plan.Now)
}

// sound is an error where the copy that has this manifest was found damaged.
func (x *executor) sound(p diff.Place, k state.Key, m *state.Manifest) error {
	address := state.Address(p.Name, k)
	x.ending.Lock()
	defer x.ending.Unlock()
	f, found := x.findings[address]
	if !found || m == nil || m.Identity() != f.Manifest {
		return nil
	}
	err := fmt.Errorf("%w: %s", errRotten, state.FoundText(f))
	return providers.WithHint(err, rottenHint(p, address))
}

// spoil notes a damaged copy and records it at its destination.
func (x *executor) spoil(ctx context.Context, c copied, k state.Key, e *rottenError) {
	f := known.NewFinding(k.AsRecorded(), c.manifest.Identity(), e.file, e.why, x.opts.Run, x.opts.Began)
	x.addFindings(c.place, []known.Finding{f})
	if !utf8.ValidString(k.VM) { // no record can name it
		return
	}
	x.recording.Lock()
	defer x.recording.Unlock()
	left, err := x.recordAt(ctx, c.store, c.place)
	if err != nil && ctx.Err() == nil && !errors.Is(err, lock.ErrHeld) { // its holder judges for itself
		x.tell(Unrecorded{c.place.Name, err})
	}
	if left == nil && c.place.Known != nil {
		left = x.newRecord(c.place, nil) // for this machine
	}
	if left != nil {
		x.recordsLeft[c.place.Name] = left
		x.opts.Recorded(c.place, left)
	}
}

// findingsAt are the findings of a place, for copies that this run has not deleted.
func (x *executor) findingsAt(p diff.Place) (all []known.Finding) {
	x.ending.Lock()
	defer x.ending.Unlock()
	for address, f := range x.findings {
		if name, _, err := state.SplitAddress(address); err == nil && name == p.Name {
			all = append(all, f)
		}
	}
	return all
}
