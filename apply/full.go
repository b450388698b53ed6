package apply

import (
	"context"
	"errors"
	"slices"

	"github.com/vmxsync/vmxsync/apply/preflight"
	"github.com/vmxsync/vmxsync/apply/step"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
)

const fullHint = "Free space at the destination or raise its quota, then apply again."

// makeRoom: an upload that found its place full discards its staged files if other
// uploads to that place wait, which may fit. It returns the failure with a hint.
func (x *executor) makeRoom(ctx context.Context, j *job, failed error) error {
	if !errors.Is(failed, providers.ErrFull) {
		return failed
	}
	if j.staging(failed) && x.othersWait(j) {
		failed = errors.Join(failed, step.Unstage(ctx, j.Env))
	}
	if providers.Hint(failed) == "" {
		return providers.WithHint(failed, fullHint)
	}
	return failed
}

// staging reports whether the job failed before its set was whole in staging.
func (j *job) staging(failed error) bool {
	at, ok := errors.AsType[*step.Error](failed)
	return ok && j.Has(diff.OpPut) && slices.Contains([]diff.Op{diff.OpClaim, diff.OpPut, diff.OpManifest, diff.OpSeal}, at.Op)
}

// othersWait: also those that failed before, for a later run.
func (x *executor) othersWait(j *job) bool {
	for _, other := range x.jobs {
		if other != j && other.Place.Name == j.Place.Name && other.Has(diff.OpPut) &&
			other.progress != preflight.Finished && x.ended(other) != StatusDone {
			return true
		}
	}
	return false
}
