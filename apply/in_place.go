package apply

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/vmxsync/vmxsync/apply/journal"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/read"
)

// seal completes a set that was sent to its final name: writing its manifest publishes
// it.
type seal struct{ manifest }

func (s seal) Do(ctx context.Context) (journal.Result, error) {
	if err := s.write(ctx); err != nil {
		return journal.Result{}, err
	}
	waited, err := s.waitForLateWrites(ctx, s.job)
	if err == nil && waited {
		_, err = s.sent(ctx)
	}
	if err != nil {
		return journal.Result{}, err
	}
	if err := s.move(ctx); err != nil {
		return journal.Result{}, err
	}
	if _, err = s.wholeSet(ctx, s.job, s.final()); err == nil {
		s.forget(s.job)
	}
	return journal.Result{}, err
}

// markDeletion writes a claim that marks a set for deletion, after everything that justifies
// the deletion has been checked again. From then on the set is not counted.
type markDeletion struct{ trash }

func (c markDeletion) Check(ctx context.Context, was journal.Status) (bool, error) {
	if was != journal.Never {
		begun, err := c.begun(ctx)
		if begun || err != nil {
			return begun, err
		}
	}
	return c.trash.Check(ctx, was)
}

// begun reports whether a claim marks the set for deletion.
func (c markDeletion) begun(ctx context.Context) (bool, error) {
	claim, err := read.Claim(ctx, c.store, c.place.WorkDir, c.key)
	return claim != nil && claim.Kind == state.DeleteClaim, err
}

// Do keeps an earlier claim: while it is rewritten it would be torn, and the rest of
// the set would belong to no claim.
func (c markDeletion) Do(ctx context.Context) (journal.Result, error) {
	if begun, err := c.begun(ctx); begun || err != nil {
		return journal.Result{}, err
	}
	text := state.Claim{Kind: state.DeleteClaim, Key: c.key, Run: c.opts.Run}.Encode()
	return journal.Result{}, write(ctx, c.store, c.s.To, text)
}

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
	claim, err := read.Claim(ctx, p.store, p.place.WorkDir, k)
	if err != nil || !claim.Governs() {
		return err
	}
	final := p.place.Layout.Path(k)
	set, err := readSet(ctx, p.store, k, final)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil && claim.Kind == state.UploadClaim && set.Marked {
		set = read.Manifests(ctx, p.store, []state.Set{set})[0]
		if set.State == state.Complete {
			return ctx.Err()
		}
	}
	return errors.Join(err, fmt.Errorf("%s still needs the claim in that folder", final))
}

// abandon ends an upload in place that will not be resumed.
type abandon struct{ stepEnv }

// Check finds nothing to do where the claim is another by now: that of an upload
// which has begun since. Without a claim there is only its folder to remove, and
// not even that beside a set, which has another step for it.
func (a abandon) Check(ctx context.Context, _ journal.Status) (bool, error) {
	k, _ := a.stagedKey(a.s.From)
	claim, err := read.Claim(ctx, a.store, a.place.WorkDir, k)
	if err != nil {
		return false, err
	}
	if claim == nil {
		_, folder, err := entry(ctx, a.store, a.s.From)
		_, final, failed := entry(ctx, a.store, a.s.To)
		return !folder || final, errors.Join(err, failed)
	}
	if claim.Digest() != a.s.Expect {
		return true, nil
	}
	return false, a.stillHalf(ctx, k)
}

// stillHalf proves that the set has not become whole.
func (a abandon) stillHalf(ctx context.Context, k state.Key) error {
	set, err := readSet(ctx, a.store, k, a.s.To)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil || !set.Marked {
		return err
	}
	set = read.Manifests(ctx, a.store, []state.Set{set})[0]
	if set.State == state.Complete || set.State == state.Unknown {
		return fmt.Errorf("%s is %s: %w", a.s.To, set.State, errChanged)
	}
	return ctx.Err()
}

// Do deletes what the plan names, as the plan saw it. The claim is deleted last.
func (a abandon) Do(ctx context.Context) (journal.Result, error) {
	if err := a.removed(a.job, removeTree(ctx, a.store, a.s.To, a.asNamed())); err != nil {
		return journal.Result{}, err
	}
	ours := func(f state.File) bool { return f.Path == state.StagedClaim || f.Path == state.StagedManifest }
	return journal.Result{}, a.removed(a.job, a.removeOwn(ctx, a.job, a.s.From, ours))
}
