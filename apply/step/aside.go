package step

import (
	"context"
	"fmt"

	"github.com/vmxsync/vmxsync/apply/journal"
	"github.com/vmxsync/vmxsync/apply/remote"
	"github.com/vmxsync/vmxsync/apply/task"
)

// aside moves the set at the final name to trash, to make room.
type aside struct{ task.Task }

func (a aside) Check(ctx context.Context, was journal.Status) (bool, error) {
	_, there, err := remote.Entry(ctx, a.Store, a.Step.From)
	if err != nil {
		return false, err
	}
	if !there {
		a.AbsentAlready(was)
		return true, nil
	}
	if _, err := wholeSet(ctx, a.Env, a.Place.WorkDir.StagedSet(a.Key)); err != nil {
		return false, err
	}
	old, err := remote.ReadSet(ctx, a.Store, a.Key, a.Step.From)
	if err == nil && !a.AsSeen(old) {
		err = fmt.Errorf("%s %w", a.Step.From, errChanged)
	}
	return false, err
}

func (a aside) Do(ctx context.Context) (journal.Result, error) {
	return journal.Result{}, remote.RenameFolder(ctx, a.Store, a.Place.WorkDir, a.Step.From, a.Step.To)
}
