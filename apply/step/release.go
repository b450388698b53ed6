package step

import (
	"context"
	"path"

	"github.com/vmxsync/vmxsync/apply/journal"
	"github.com/vmxsync/vmxsync/apply/remote"
	"github.com/vmxsync/vmxsync/apply/task"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/read"
)

// release deletes the staged folder.
type release struct{ task.Task }

func (r release) Check(ctx context.Context, _ journal.Status) (bool, error) {
	if r.holdsClaimAlone() {
		return false, nil
	}
	if !r.Upload.Marked {
		_, there, err := remote.Entry(ctx, r.Store, r.Step.From)
		if err != nil || !there || !r.Deletes() {
			return !there, err
		}
	}
	claim, err := read.Claim(ctx, r.Store, r.Place.WorkDir, r.Key)
	return claim != nil && claim.Kind != state.DeleteClaim, err // an upload has begun since
}

// holdsClaimAlone: this run has made the folder, and has moved out of it all but the claim.
func (r release) holdsClaimAlone() bool { return r.Upload.Fresh && r.Upload.Published }

// removeClaim removes a folder that holds the claim alone.
func (r release) removeClaim(ctx context.Context) error {
	claim := providers.File{Path: path.Join(r.Step.From, state.StagedClaim), Kind: providers.Regular}
	if err := remote.RemoveListed(ctx, r.Store, claim); err != nil {
		return err
	}
	return providers.LeanOf(r.Store).RemoveEmptied(ctx, r.Step.From)
}

func (r release) Do(ctx context.Context) (journal.Result, error) {
	if r.holdsClaimAlone() && r.removeClaim(ctx) == nil {
		return journal.Result{}, nil
	}
	ours := func(f state.File) bool { return f.Path == state.StagedClaim || f.Path == state.StagedManifest }
	return journal.Result{}, r.Removed(removeOwn(ctx, r.Env, r.Step.From, ours, remote.RemoveTree))
}
