package step

import (
	"context"
	"path"

	"github.com/vmxsync/vmxsync/apply/journal"
	"github.com/vmxsync/vmxsync/apply/remote"
	"github.com/vmxsync/vmxsync/apply/task"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/read"
)

// disown deletes the owner file of another work folder at the root, which this plan
// takes over. Other files there are kept.
type disown struct{ task.Task }

func (d disown) Check(ctx context.Context, _ journal.Status) (bool, error) {
	owner, err := read.Owner(ctx, d.Store, d.folder())
	return err == nil && owner == "", err
}

func (d disown) Do(ctx context.Context) (journal.Result, error) {
	if err := remote.RemoveIfThere(ctx, d.Store, d.folder().NextOwner()); err != nil {
		return journal.Result{}, err
	}
	return journal.Result{}, remote.RemoveIfThere(ctx, d.Store, d.Step.From)
}

func (d disown) folder() state.WorkDir { return state.WorkDir(path.Dir(d.Step.From)) }
