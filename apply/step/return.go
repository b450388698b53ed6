package step

import (
	"context"
	"fmt"

	"github.com/vmxsync/vmxsync/apply/journal"
	"github.com/vmxsync/vmxsync/apply/remote"
	"github.com/vmxsync/vmxsync/apply/task"
)

// restore moves a set back that a replace moved to trash and never replaced.
type restore struct{ task.Task }

func (r restore) Check(ctx context.Context, was journal.Status) (bool, error) {
	_, inTrash, err := remote.Entry(ctx, r.Store, r.Step.From)
	if err != nil {
		return false, err
	}
	_, back, err := remote.Entry(ctx, r.Store, r.Step.To)
	switch {
	case err != nil:
		return false, err
	case back && !inTrash:
		r.AbsentAlready(was)
		return true, nil
	case !inTrash:
		return false, fmt.Errorf("%s %w", r.Step.From, remote.ErrMissing)
	}
	return false, remote.Absent(ctx, r.Store, r.Step.To)
}

func (r restore) Do(ctx context.Context) (journal.Result, error) {
	return journal.Result{}, remote.RenameFolder(ctx, r.Store, r.Place.WorkDir, r.Step.From, r.Step.To)
}
