package apply

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"

	"github.com/vmxsync/vmxsync/apply/remote"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/state"
)

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
	claim, err := state.ReadClaim(ctx, j.store, j.place.WorkDir, j.key)
	if err != nil {
		return err
	}
	set, err := remote.ReadSet(ctx, j.store, j.key, j.final())
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case !claim.Governs() || claim.Kind != state.UploadClaim || set.Marked:
		return fmt.Errorf("%s %w", j.final(), remote.ErrThere)
	}
	return x.removed(j, remote.RemoveTree(ctx, j.store, j.final(), claim.Names))
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
