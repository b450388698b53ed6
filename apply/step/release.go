package step

import (
	"context"

	"github.com/vmxsync/vmxsync/apply/journal"
	"github.com/vmxsync/vmxsync/apply/remote"
	"github.com/vmxsync/vmxsync/apply/task"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/read"
)

// release deletes the staged folder.
type release struct{ task.Task }

func (r release) Check(ctx context.Context, _ journal.Status) (bool, error) {
	_, there, err := remote.Entry(ctx, r.Store, r.Step.From)
	if err != nil || !there || !r.Deletes() {
		return !there, err
	}
	claim, err := read.Claim(ctx, r.Store, r.Place.WorkDir, r.Key)
	return claim != nil && claim.Kind != state.DeleteClaim, err // an upload has begun since
}

func (r release) Do(ctx context.Context) (journal.Result, error) {
	ours := func(f state.File) bool { return f.Path == state.StagedClaim || f.Path == state.StagedManifest }
	return journal.Result{}, r.Removed(removeOwn(ctx, r.Env, r.Step.From, ours))
}
