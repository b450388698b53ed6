package apply

import (
	"context"
	"errors"
	"path"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

const fullHint = "Free space at the destination or raise its quota, then apply again."

// makeRoom: an upload that found its place full gives up what it has staged
// where other uploads to that place wait, which may fit. What it is told, it
// returns with a way out.
func (x *executor) makeRoom(ctx context.Context, j *job, failed error) error {
	if !errors.Is(failed, providers.ErrFull) {
		return failed
	}
	if j.staging(failed) && x.othersWait(j) {
		failed = errors.Join(failed, j.unstage(ctx))
	}
	if providers.Hint(failed) == "" {
		return providers.WithHint(failed, fullHint)
	}
	return failed
}

// staging tells whether the job failed before its set was whole in staging.
func (j *job) staging(failed error) bool {
	step, ok := errors.AsType[*StepError](failed)
	return ok && j.has(diff.OpPut) && (step.Op == diff.OpClaim || step.Op == diff.OpPut || step.Op == diff.OpManifest)
}

// othersWait: also those that failed before, for a later run.
func (x *executor) othersWait(j *job) bool {
	for _, other := range x.jobs {
		if other != j && other.place.Name == j.place.Name && other.has(diff.OpPut) &&
			other.position != after && other.outcome.Status != StatusDone {
			return true
		}
	}
	return false
}

// unstage removes what the upload has staged; it can be sent again.
func (j *job) unstage(ctx context.Context) error {
	folder := j.place.WorkDir.Staged(j.key)
	if err := removeTree(ctx, j.store, folder, j.staged()); err != nil {
		return &StepError{j.address, diff.OpRelease, folder, err}
	}
	return nil
}

// staged tells which files in the staged folder are those of the upload.
func (j *job) staged() func(state.File) bool {
	ours := map[string]bool{
		state.StagedClaim: true, state.StagedManifest: true, path.Join(state.StagedSet, state.ManifestName): true,
	}
	for _, f := range j.change.Files {
		ours[path.Join(state.StagedSet, f.Path)] = true
	}
	return func(f state.File) bool { return ours[f.Path] }
}
