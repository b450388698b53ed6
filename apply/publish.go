package apply

import (
	"context"
	"errors"
	"fmt"

	"github.com/vmxsync/vmxsync/apply/journal"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/read"
)

// aside moves the set at the final name to trash, to make room.
type aside struct{ stepEnv }

func (a aside) Check(ctx context.Context, was journal.Status) (bool, error) {
	_, there, err := entry(ctx, a.store, a.s.From)
	if err != nil {
		return false, err
	}
	if !there {
		a.absentAlready(was)
		return true, nil
	}
	if _, err := a.wholeSet(ctx, a.job, a.place.WorkDir.StagedSet(a.key)); err != nil {
		return false, err
	}
	old, err := readSet(ctx, a.store, a.key, a.s.From)
	if err == nil && !a.asSeen(old) {
		err = fmt.Errorf("%s %w", a.s.From, errChanged)
	}
	return false, err
}

func (a aside) Do(ctx context.Context) (journal.Result, error) {
	return journal.Result{}, a.renameFolder(ctx, a.job, a.s.From, a.s.To)
}

// publish gives a staged set its final name.
type publish struct{ stepEnv }

func (p publish) Check(ctx context.Context, was journal.Status) (bool, error) {
	if was != journal.Never {
		_, err := p.wholeSet(ctx, p.job, p.s.To)
		if !errors.Is(err, errNotWhole) {
			return err == nil, err
		}
	}
	if err := absent(ctx, p.store, p.s.To); err != nil {
		return false, err
	}
	_, err := p.wholeSet(ctx, p.job, p.s.From)
	return false, err
}

func (p publish) Do(ctx context.Context) (journal.Result, error) {
	waited, err := p.waitForLateWrites(ctx, p.job)
	if err != nil {
		return journal.Result{}, err
	}
	if waited {
		if err := p.stillWhole(ctx); err != nil {
			return journal.Result{}, err
		}
	}
	if err := p.renameFolder(ctx, p.job, p.s.From, p.s.To); err != nil {
		return journal.Result{}, err
	}
	if _, err = p.wholeSet(ctx, p.job, p.s.To); err == nil {
		p.forget(p.job)
	}
	return journal.Result{}, err
}

// stillWhole checks again what may have changed during the wait.
func (p publish) stillWhole(ctx context.Context) error {
	if err := p.guard(ctx, p.job, p.s.Op); err != nil {
		return err
	}
	if err := absent(ctx, p.store, p.s.To); err != nil {
		return err
	}
	_, err := p.wholeSet(ctx, p.job, p.s.From)
	return err
}

// release deletes the staged folder.
type release struct{ stepEnv }

func (r release) Check(ctx context.Context, _ journal.Status) (bool, error) {
	_, there, err := entry(ctx, r.store, r.s.From)
	if err != nil || !there || !r.deletes() {
		return !there, err
	}
	claim, err := read.Claim(ctx, r.store, r.place.WorkDir, r.key)
	return claim != nil && claim.Kind != state.DeleteClaim, err // an upload has begun since
}

func (r release) Do(ctx context.Context) (journal.Result, error) {
	ours := func(f state.File) bool { return f.Path == state.StagedClaim || f.Path == state.StagedManifest }
	return journal.Result{}, r.removed(r.job, r.removeOwn(ctx, r.job, r.s.From, ours))
}
