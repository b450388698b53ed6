package step

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"

	"github.com/vmxsync/vmxsync/apply/journal"
	"github.com/vmxsync/vmxsync/apply/remote"
	"github.com/vmxsync/vmxsync/apply/task"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/read"
)

// purge empties a folder in trash or staging, or a final name under a claim of
// kind delete, file by file.
type purge struct{ task.Task }

func (p purge) Check(ctx context.Context, _ journal.Status) (bool, error) {
	switch {
	case p.Upload.Trashed:
		return false, nil // moved here by the step before, and nothing else
	case p.Upload.Marked:
		return false, p.proveMarked(ctx)
	}
	_, there, err := remote.Entry(ctx, p.Store, p.Step.From)
	switch {
	case err != nil || !there:
		return err == nil, err
	case p.atFinal():
		return false, p.proveMarked(ctx)
	}
	if err := p.governsNothing(ctx); err != nil {
		return false, err
	}
	return false, p.replacedIsBack(ctx)
}

func (p purge) atFinal() bool { return p.Has(diff.OpMarkDelete) && p.Step.From == p.Final() }

// proveMarked proves that the set at the final name is being deleted.
func (p purge) proveMarked(ctx context.Context) error {
	begun, err := isMarked(ctx, p.Env)
	if err == nil && !begun {
		err = fmt.Errorf("%s has no claim that marks it for deletion", p.Step.From)
	}
	return err
}

// governsNothing proves that no set at its final name needs the claim in a staged
// folder: without it the set would be taken for that of another tool, or for complete.
func (p purge) governsNothing(ctx context.Context) error {
	k, ok := p.StagedKey(p.Step.From)
	if !ok {
		return nil
	}
	claim, err := read.Claim(ctx, p.Store, p.Place.WorkDir, k)
	if err != nil || !claim.Governs() {
		return err
	}
	final := p.Place.Layout.Path(k)
	set, err := remote.ReadSet(ctx, p.Store, k, final)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil && claim.Kind == state.UploadClaim && set.Marked {
		set = read.Manifests(ctx, p.Store, []state.Set{set})[0]
		if set.State == state.Complete {
			return ctx.Err()
		}
	}
	return errors.Join(err, fmt.Errorf("%s still needs the claim in that folder", final))
}

// replacedIsBack: a set that a replace moved to trash is deleted only while its final
// name has a complete set.
func (p purge) replacedIsBack(ctx context.Context) error {
	k, _, replaced, err := state.ParseTrash(path.Base(p.Step.From))
	if err != nil || !replaced {
		return nil // a staged folder, or a deleted set
	}
	final := p.Place.Layout.Path(k)
	s, err := remote.ReadWhole(ctx, p.Store, k, final)
	if err != nil {
		return err
	}
	if s.State != state.Complete {
		return fmt.Errorf("%s is %s: %w", final, s.State, errNotWhole)
	}
	return ctx.Err()
}

func (p purge) Do(ctx context.Context) (journal.Result, error) {
	if p.atFinal() {
		if err := remote.RemoveIfThere(ctx, p.Store, path.Join(p.Step.From, state.ManifestName)); err != nil {
			return journal.Result{}, err
		}
	}
	if err := p.Removed(p.remove(ctx)); err != nil {
		return journal.Result{}, err
	}
	return journal.Result{}, p.forget(ctx)
}

// remove keeps all files of a set that was moved here a moment ago, if it holds one that is
// not as the plan saw it: it was written to since it was listed.
func (p purge) remove(ctx context.Context) error {
	if p.Upload.Trashed {
		return removeOwn(ctx, p.Env, p.Step.From, p.AsNamed(), remote.RemoveExact)
	}
	return removeOwn(ctx, p.Env, p.Step.From, p.AsNamed(), remote.RemoveTree)
}

// forget deletes the proofs of a set that is deleted.
func (p purge) forget(ctx context.Context) error {
	if !p.Deletes() || p.Change.Mode != diff.Remove {
		return nil
	}
	if any, err := p.holdsProofs(ctx); err != nil || !any {
		return err
	}
	if err := p.Guard(ctx); err != nil {
		return err
	}
	if err := remote.RemoveIfThere(ctx, p.Store, p.Place.WorkDir.First(p.Key)); err != nil {
		return err
	}
	return remote.RemoveIfThere(ctx, p.Store, p.Place.WorkDir.Proof(p.Key))
}

// holdsProofs reports whether anything was ever proven at the place of the job, and asks
// it once: most places hold no proofs.
func (p purge) holdsProofs(ctx context.Context) (bool, error) {
	return p.Learned.HoldsProofs(func() (bool, error) {
		folder, err := workFolder(ctx, p.Env)
		if err != nil {
			return false, err
		}
		return folder.Has(path.Base(p.Place.WorkDir.Verified()))
	})
}
