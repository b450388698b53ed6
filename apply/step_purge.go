package apply

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"

	"github.com/vmxsync/vmxsync/apply/journal"
	"github.com/vmxsync/vmxsync/apply/remote"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/state"
)

// purge empties a folder in trash or staging, or a final name under a claim of
// kind delete, file by file.
type purge struct{ stepEnv }

func (p purge) Check(ctx context.Context, _ journal.Status) (bool, error) {
	_, there, err := remote.Entry(ctx, p.store, p.s.From)
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

func (p purge) atFinal() bool { return p.has(diff.OpCondemn) && p.s.From == p.final() }

// proveMarked proves that the set at the final name is being deleted.
func (p purge) proveMarked(ctx context.Context) error {
	begun, err := markDeletion{trash(p)}.begun(ctx)
	if err == nil && !begun {
		err = fmt.Errorf("%s has no claim that marks it for deletion", p.s.From)
	}
	return err
}

// governsNothing proves that no set at its final name needs the claim in a staged
// folder: without it the set would be taken for that of another tool, or for complete.
func (p purge) governsNothing(ctx context.Context) error {
	k, ok := p.stagedKey(p.s.From)
	if !ok {
		return nil
	}
	claim, err := state.ReadClaim(ctx, p.store, p.place.WorkDir, k)
	if err != nil || !claim.Governs() {
		return err
	}
	final := p.place.Layout.Path(k)
	set, err := remote.ReadSet(ctx, p.store, k, final)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil && claim.Kind == state.UploadClaim && set.Marked {
		set = state.ReadManifests(ctx, p.store, []state.Set{set})[0]
		if set.State == state.Complete {
			return ctx.Err()
		}
	}
	return errors.Join(err, fmt.Errorf("%s still needs the claim in that folder", final))
}

// replacedIsBack: a set that a replace moved to trash is deleted only while its final
// name has a complete set.
func (p purge) replacedIsBack(ctx context.Context) error {
	k, _, replaced, err := state.ParseTrash(path.Base(p.s.From))
	if err != nil || !replaced {
		return nil // a staged folder, or a deleted set
	}
	final := p.place.Layout.Path(k)
	s, err := remote.ReadSet(ctx, p.store, k, final)
	if err != nil {
		return err
	}
	if s.State == state.Complete {
		s = state.ReadManifests(ctx, p.store, []state.Set{s})[0]
	}
	if s.State != state.Complete {
		return fmt.Errorf("%s is %s: %w", final, s.State, errNotWhole)
	}
	return ctx.Err()
}

func (p purge) Do(ctx context.Context) (journal.Result, error) {
	if p.atFinal() {
		if err := remote.RemoveIfThere(ctx, p.store, path.Join(p.s.From, state.ManifestName)); err != nil {
			return journal.Result{}, err
		}
	}
	if err := p.removed(p.job, p.removeOwn(ctx, p.job, p.s.From, p.asNamed())); err != nil {
		return journal.Result{}, err
	}
	return journal.Result{}, p.forget(ctx)
}

// forget deletes the proofs of a set that is deleted.
func (p purge) forget(ctx context.Context) error {
	if !p.deletes() || p.change.Mode != diff.Remove {
		return nil
	}
	if any, err := p.holdsProofs(ctx, p.job); err != nil || !any {
		return err
	}
	if err := p.guard(ctx, p.job, diff.OpPurge); err != nil {
		return err
	}
	return remote.RemoveIfThere(ctx, p.store, p.place.WorkDir.Proof(p.key))
}

// holdsProofs reports whether anything was ever proven at the place of a job, and
// asks it once: most places hold no proofs.
func (x *executor) holdsProofs(ctx context.Context, j *job) (bool, error) {
	x.ending.Lock()
	any, known := x.proofs[j.place.Name]
	x.ending.Unlock()
	if known {
		return any, nil
	}
	_, any, err := remote.Entry(ctx, j.store, j.place.WorkDir.Verified())
	if err != nil {
		return false, err
	}
	x.ending.Lock()
	defer x.ending.Unlock()
	x.proofs[j.place.Name] = any
	return any, nil
}

// asNamed returns a function that reports whether the plan names a file with this size;
// a manifest is always ours.
func (j *job) asNamed() func(state.File) bool {
	sizes := map[string]int64{}
	for _, f := range j.named {
		sizes[f.Path] = f.Size
	}
	return func(f state.File) bool {
		size, ok := sizes[f.Path]
		return ok && size == f.Size || f.Path == state.ManifestName
	}
}
