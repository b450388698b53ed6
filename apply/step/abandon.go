package step

import (
	"context"
	"errors"

	"github.com/vmxsync/vmxsync/apply/journal"
	"github.com/vmxsync/vmxsync/apply/remote"
	"github.com/vmxsync/vmxsync/apply/task"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/read"
)

// abandon ends an upload in place that will not be resumed.
type abandon struct{ task.Task }

// Check finds nothing to do where the claim is another by now: that of an upload
// which has begun since. Without a claim there is only its folder to remove, and
// not even that beside a set, which has another step for it.
func (a abandon) Check(ctx context.Context, _ journal.Status) (bool, error) {
	k, _ := a.StagedKey(a.Step.From)
	claim, err := read.Claim(ctx, a.Store, a.Place.WorkDir, k)
	if err != nil {
		return false, err
	}
	if claim == nil {
		_, folder, err := remote.Entry(ctx, a.Store, a.Step.From)
		_, final, failed := remote.Entry(ctx, a.Store, a.Step.To)
		return !folder || final, errors.Join(err, failed)
	}
	if claim.Digest() != a.Step.Expect {
		return true, nil
	}
	_, err = stillHalf(ctx, a.Store, k, a.Step.To)
	return false, err
}

// Do deletes what the plan names, as the plan saw it. The claim is deleted last.
func (a abandon) Do(ctx context.Context) (journal.Result, error) {
	if err := a.Removed(remote.RemoveTree(ctx, a.Store, a.Step.To, a.AsNamed())); err != nil {
		return journal.Result{}, err
	}
	ours := func(f state.File) bool { return f.Path == state.StagedClaim || f.Path == state.StagedManifest }
	return journal.Result{}, a.Removed(removeOwn(ctx, a.Env, a.Step.From, ours, remote.RemoveTree))
}
