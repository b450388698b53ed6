package apply

import (
	"context"
	"fmt"

	"github.com/vmxsync/vmxsync/apply/journal"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/read"
)

// accounts reports whether this run has done the op: by the journal, or, if that was
// lost, by what is at the place.
func (x *executor) accounts(ctx context.Context, j *job, op diff.Op, is state.Set) (bool, error) {
	s, _ := j.first(op)
	if x.journal.Begun() {
		status, _ := x.journal.Of(s.ID)
		return status != journal.Never, nil
	}
	ours, err := x.shows(ctx, j, s, is)
	if ours {
		x.found = append(x.found, s.ID)
		if op == diff.OpAside {
			err = x.recoverStaged(ctx, j.store, j)
		}
	}
	return ours, err
}

func (x *executor) shows(ctx context.Context, j *job, s diff.Step, is state.Set) (bool, error) {
	switch s.Op {
	case diff.OpTrash:
		return x.allAfter(s.Needs), nil
	case diff.OpMarkDelete:
		ours, err := x.isMarked(ctx, j, is)
		return ours && x.allAfter(s.Needs), err
	case diff.OpAside:
		_, there, err := entry(ctx, j.store, s.To)
		return there, err
	case diff.OpReturn:
		_, there, err := entry(ctx, j.store, s.From)
		return !there, err
	}
	seen := read.Manifests(ctx, j.store, []state.Set{is})[0]
	if err := ctx.Err(); err != nil {
		return false, err
	}
	if seen.State == state.Unknown {
		return false, fmt.Errorf("%s: %s", is.Path, seen.Problem)
	}
	return seen.State == state.Complete && x.owns(j, seen.Manifest), nil
}

// owns reports whether this run wrote the manifest. A set that was whole in staging
// before this run has that of an earlier one.
func (x *executor) owns(j *job, m *state.Manifest) bool {
	return m.Run == x.opts.Run || !j.has(diff.OpManifest) && !j.has(diff.OpSeal) && !j.has(diff.OpMark)
}

// isMarked reports whether this run's claim marks the set for deletion, if any of it
// is left; the claim of an earlier run counts if the plan saw it.
func (x *executor) isMarked(ctx context.Context, j *job, is state.Set) (bool, error) {
	if is.State != state.Incomplete {
		return true, nil // it is deleted
	}
	claim, err := read.Claim(ctx, j.store, j.place.WorkDir, j.key)
	if err != nil || claim == nil || claim.Kind != state.DeleteClaim {
		return false, err
	}
	return claim.Run == x.opts.Run || j.observed.State == state.Incomplete, nil
}

// allAfter reports whether the sets of those steps are as the plan wants them, or at
// least counted by nobody any more.
func (x *executor) allAfter(steps []string) bool {
	for _, id := range steps {
		j := x.owners[id]
		if j == nil || j.progress != finished && !(j.progress == halfDone && j.has(diff.OpMarkDelete)) {
			return false
		}
	}
	return true
}

// recoverStaged finds out, for a lost journal, whether the set was already complete in
// staging. It searches for the folder with look first.
func (x *executor) recoverStaged(ctx context.Context, look providers.Store, j *job) error {
	if j == nil || x.journal.Begun() {
		return nil
	}
	s, ok := j.first(diff.OpManifest)
	if !ok { // in place, the position shows it
		return nil
	}
	if _, there, err := entry(ctx, look, j.place.WorkDir.Staged(j.key)); err != nil || !there {
		return err
	}
	whole, err := x.sentWhole(ctx, j)
	if whole {
		x.found = append(x.found, s.ID)
	}
	return err
}
