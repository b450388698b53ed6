package step

import (
	"context"

	"github.com/vmxsync/vmxsync/apply/journal"
	"github.com/vmxsync/vmxsync/apply/remote"
	"github.com/vmxsync/vmxsync/apply/task"
)

// publish gives a staged set its final name.
type publish struct{ task.Task }

func (p publish) Check(ctx context.Context, was journal.Status) (bool, error) {
	if was != journal.Never {
		if whole, err := isWhole(ctx, p.Env, p.Step.To); whole || err != nil {
			return whole, err
		}
	}
	if err := remote.Absent(ctx, p.Store, p.Step.To); err != nil {
		return false, err
	}
	_, err := wholeSet(ctx, p.Env, p.Step.From)
	return false, err
}

func (p publish) Do(ctx context.Context) (journal.Result, error) {
	waited, err := waitForLateWrites(ctx, p.Env)
	if err != nil {
		return journal.Result{}, err
	}
	if waited {
		if err := p.stillWhole(ctx); err != nil {
			return journal.Result{}, err
		}
	}
	if err := remote.RenameFolder(ctx, p.Store, p.Place.WorkDir, p.Step.From, p.Step.To); err != nil {
		return journal.Result{}, err
	}
	if _, err = wholeSet(ctx, p.Env, p.Step.To); err == nil {
		forgetSent(p.Env)
	}
	return journal.Result{}, err
}

// stillWhole checks again what may have changed during the wait.
func (p publish) stillWhole(ctx context.Context) error {
	if err := p.Guard(ctx); err != nil {
		return err
	}
	if err := remote.Absent(ctx, p.Store, p.Step.To); err != nil {
		return err
	}
	_, err := wholeSet(ctx, p.Env, p.Step.From)
	return err
}
