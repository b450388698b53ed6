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
	return false, p.ready(ctx)
}

// ready proves that the final name is free, and that the staged folder holds exactly the
// set.
func (p publish) ready(ctx context.Context) error {
	if p.Upload.ManifestBytes == 0 {
		if err := remote.Absent(ctx, p.Store, p.Step.To); err != nil {
			return err
		}
		_, err := wholeSet(ctx, p.Env, p.Step.From)
		return err
	}
	if err := asWritten(ctx, p.Env, p.Step.From); err != nil {
		return err
	}
	return finalFree(ctx, p.Env)
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
	if err := p.move(ctx); err != nil {
		return journal.Result{}, err
	}
	p.Upload.Published = true
	if p.Upload.ManifestBytes > 0 {
		p.Learned.Publish(p.Key)
	}
	forgetSent(p.Env)
	recordProof(ctx, p.Env)
	return journal.Result{}, nil
}

// move renames the set and reads it at its final name.
func (p publish) move(ctx context.Context) error {
	if p.Upload.ManifestBytes > 0 {
		if err := remote.MoveFolder(ctx, p.Store, p.Place.WorkDir, p.Step.From, p.Step.To); err != nil {
			return err
		}
		return asWritten(ctx, p.Env, p.Step.To)
	}
	if err := remote.RenameFolder(ctx, p.Store, p.Place.WorkDir, p.Step.From, p.Step.To); err != nil {
		return err
	}
	_, err := wholeSet(ctx, p.Env, p.Step.To)
	return err
}

// stillWhole checks again what may have changed during the wait.
func (p publish) stillWhole(ctx context.Context) error {
	if err := p.Guard(ctx); err != nil {
		return err
	}
	return p.ready(ctx)
}
