package apply

import (
	"context"
	"errors"

	"github.com/vmxsync/vmxsync/apply/journal"
	"github.com/vmxsync/vmxsync/apply/remote"
)

// publish gives a staged set its final name.
type publish struct{ stepEnv }

func (p publish) Check(ctx context.Context, was journal.Status) (bool, error) {
	if was != journal.Never {
		_, err := p.wholeSet(ctx, p.job, p.s.To)
		if !errors.Is(err, errNotWhole) {
			return err == nil, err
		}
	}
	if err := remote.Absent(ctx, p.store, p.s.To); err != nil {
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
	if err := remote.RenameFolder(ctx, p.store, p.place.WorkDir, p.s.From, p.s.To); err != nil {
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
	if err := remote.Absent(ctx, p.store, p.s.To); err != nil {
		return err
	}
	_, err := p.wholeSet(ctx, p.job, p.s.From)
	return err
}
