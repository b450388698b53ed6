package apply

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/read"
)

const fullHint = "Free space at the destination or raise its quota, then apply again."

// makeRoom: an upload that found its place full discards its staged files if other
// uploads to that place wait, which may fit. It returns the failure with a hint.
func (x *executor) makeRoom(ctx context.Context, j *job, failed error) error {
	if !errors.Is(failed, providers.ErrFull) {
		return failed
	}
	if j.staging(failed) && x.othersWait(j) {
		failed = errors.Join(failed, x.unstage(ctx, j))
	}
	if providers.Hint(failed) == "" {
		return providers.WithHint(failed, fullHint)
	}
	return failed
}

// staging reports whether the job failed before its set was whole in staging.
func (j *job) staging(failed error) bool {
	step, ok := errors.AsType[*StepError](failed)
	return ok && j.has(diff.OpPut) && slices.Contains([]diff.Op{diff.OpClaim, diff.OpPut, diff.OpManifest, diff.OpSeal}, step.Op)
}

// othersWait: also those that failed before, for a later run.
func (x *executor) othersWait(j *job) bool {
	for _, other := range x.jobs {
		if other != j && other.place.Name == j.place.Name && other.has(diff.OpPut) &&
			other.progress != finished && x.ended(other) != StatusDone {
			return true
		}
	}
	return false
}

// unstage deletes the staged files of the upload; they can be sent again.
func (x *executor) unstage(ctx context.Context, j *job) error {
	folder := j.place.WorkDir.Staged(j.key)
	if err := x.guard(ctx, j, diff.OpRelease); err != nil {
		return &StepError{j.address, diff.OpRelease, folder, err}
	}
	if j.inPlace() {
		if err := x.vacate(ctx, j); err != nil {
			return &StepError{j.address, diff.OpRelease, j.final(), err}
		}
	}
	if err := x.removed(j, x.removeOwn(ctx, j, folder, j.staged())); err != nil {
		return &StepError{j.address, diff.OpRelease, folder, err}
	}
	return nil
}

// vacate deletes from the final name what the upload has sent there, unless the claim
// belongs to another upload or the set is complete.
func (x *executor) vacate(ctx context.Context, j *job) error {
	claim, err := read.Claim(ctx, j.store, j.place.WorkDir, j.key)
	if err != nil {
		return err
	}
	set, err := readSet(ctx, j.store, j.key, j.final())
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case !claim.Governs() || claim.Kind != state.UploadClaim || set.Marked:
		return fmt.Errorf("%s %w", j.final(), errThere)
	}
	return x.removed(j, removeTree(ctx, j.store, j.final(), claim.Names))
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
