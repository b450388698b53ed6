package step

import (
	"context"
	"fmt"

	"github.com/vmxsync/vmxsync/apply/journal"
	"github.com/vmxsync/vmxsync/apply/remote"
	"github.com/vmxsync/vmxsync/apply/task"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/read"
)

// markDeletion writes a claim that marks a set for deletion, after everything that justifies
// the deletion has been checked again. From then on the set is not counted.
type markDeletion struct{ trash }

func (c markDeletion) Check(ctx context.Context, was journal.Status) (bool, error) {
	if was != journal.Never {
		begun, err := isMarked(ctx, c.Env)
		if begun || err != nil {
			return begun, err
		}
	}
	if gone, err := c.trash.Check(ctx, was); gone || err != nil {
		return gone, err
	}
	return false, c.unchanged(ctx)
}

// unchanged proves that the set is as the plan saw it: what this run has read of it may be
// older, and its files are not moved before they are deleted.
func (c markDeletion) unchanged(ctx context.Context) error {
	if c.Observed.State == state.Incomplete {
		return nil // a part of it is deleted
	}
	is, err := remote.ReadSet(ctx, c.Store, c.Key, c.Step.From)
	if err == nil && !task.SameSet(c.Observed, is) {
		err = fmt.Errorf("%s %w", c.Step.From, errChanged)
	}
	return err
}

// isMarked reports whether a claim marks the set for deletion.
func isMarked(ctx context.Context, e task.Env) (bool, error) {
	claim, err := read.Claim(ctx, e.Store, e.Place.WorkDir, e.Key)
	return claim != nil && claim.Kind == state.DeleteClaim, err
}

// Do keeps an earlier claim: while it is rewritten it would be torn, and the rest of
// the set would belong to no claim.
func (c markDeletion) Do(ctx context.Context) (journal.Result, error) {
	if begun, err := isMarked(ctx, c.Env); begun || err != nil {
		return journal.Result{}, err
	}
	text := state.Claim{Kind: state.DeleteClaim, Key: c.Key, Run: c.Run}.Encode()
	if err := remote.Write(ctx, c.Store, c.Step.To, text); err != nil {
		return journal.Result{}, err
	}
	c.Upload.Marked = true
	c.leaves()
	return journal.Result{}, nil
}
