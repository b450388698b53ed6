package apply

import (
	"context"
	"errors"
	"slices"

	"github.com/vmxsync/vmxsync/apply/step"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
)

const fullHint = "Free space at the destination or raise its quota, then apply again."

// makeRoom: an upload that found its place full discards its staged files if other
// uploads to that place wait, which may fit. It returns the failure with a hint.
func makeRoom(ctx context.Context, j *job, failed error, othersWait func() bool) error {
	if !errors.Is(failed, providers.ErrFull) {
		return failed
	}
	if j.staging(failed) && othersWait() {
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
