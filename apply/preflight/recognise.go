package preflight

import (
	"context"
	"fmt"

	"github.com/vmxsync/vmxsync/apply/journal"
	"github.com/vmxsync/vmxsync/apply/remote"
	"github.com/vmxsync/vmxsync/apply/step"
	"github.com/vmxsync/vmxsync/apply/task"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/read"
)

// accounts reports whether this run has done the op: by the journal, or, if that was
// lost, by what is at the place.
func (c *checks) accounts(ctx context.Context, j *task.Env, op diff.Op, is state.Set) (bool, error) {
	s, _ := j.First(op)
	if c.Journal.Begun() {
		status, _ := c.Journal.Of(s.ID)
		return status != journal.Never, nil
	}
	ours, err := c.shows(ctx, j, s, is)
	if ours {
		c.Found = append(c.Found, s.ID)
		if op == diff.OpAside {
			err = c.recoverStaged(ctx, j.Store, j)
		}
	}
	return ours, err
}

func (c *checks) shows(ctx context.Context, j *task.Env, s diff.Step, is state.Set) (bool, error) {
	switch s.Op {
	case diff.OpTrash:
		return c.allAfter(s.Needs), nil
	case diff.OpMarkDelete:
		ours, err := c.isMarked(ctx, j, is)
		return ours && c.allAfter(s.Needs), err
	case diff.OpAside:
		_, there, err := remote.Entry(ctx, j.Store, s.To)
		return there, err
	case diff.OpReturn:
		_, there, err := remote.Entry(ctx, j.Store, s.From)
		return !there, err
	}
	set := read.Manifests(ctx, j.Store, []state.Set{is})[0]
	if err := ctx.Err(); err != nil {
		return false, err
	}
	if set.State == state.Unknown {
		return false, fmt.Errorf("%s: %s", is.Path, set.Problem)
	}
	return set.State == state.Complete && step.Owns(*j, set.Manifest), nil
}

// isMarked reports whether this run's claim marks the set for deletion, if any of it
// is left; the claim of an earlier run counts if the plan saw it.
func (c *checks) isMarked(ctx context.Context, j *task.Env, is state.Set) (bool, error) {
	if is.State != state.Incomplete {
		return true, nil // it is deleted
	}
	claim, err := read.Claim(ctx, j.Store, j.Place.WorkDir, j.Key)
	if err != nil || claim == nil || claim.Kind != state.DeleteClaim {
		return false, err
	}
	return claim.Run == j.Run || j.Observed.State == state.Incomplete, nil
}

// allAfter reports whether the sets of those steps are as the plan wants them, or at
// least counted by nobody any more.
func (c *checks) allAfter(steps []string) bool {
	for _, id := range steps {
		j := c.owners[id]
		if j == nil || c.Progress[j] != Finished && !(c.Progress[j] == HalfDone && j.Has(diff.OpMarkDelete)) {
			return false
		}
	}
	return true
}

// recoverStaged finds out, for a lost journal, whether the set was already complete in
// staging. It searches for the folder with look first.
func (c *checks) recoverStaged(ctx context.Context, look providers.Store, j *task.Env) error {
	if j == nil || c.Journal.Begun() {
		return nil
	}
	s, ok := j.First(diff.OpManifest)
	if !ok { // in place, the position shows it
		return nil
	}
	if _, there, err := remote.Entry(ctx, look, j.Place.WorkDir.Staged(j.Key)); err != nil || !there {
		return err
	}
	whole, err := step.SentWhole(ctx, *j)
	if whole {
		c.Found = append(c.Found, s.ID)
	}
	return err
}
