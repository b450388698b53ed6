package prune

import (
	"context"

	"github.com/vmxsync/vmxsync/apply/journal"
	"github.com/vmxsync/vmxsync/apply/remote"
	"github.com/vmxsync/vmxsync/apply/task"
	"github.com/vmxsync/vmxsync/state/read"
)

// Clear deletes what a prune has moved aside, and moves ignored files back to their
// folder.
type Clear struct{ task.Task }

func (c Clear) Check(ctx context.Context, _ journal.Status) (bool, error) {
	_, there, err := remote.Entry(ctx, c.Store, c.Step.From)
	return !there, err
}

func (c Clear) Do(ctx context.Context) (journal.Result, error) {
	tree, err := read.SourceSet(ctx, c.Store, c.Step.From, c.Ignore)
	if err != nil {
		return journal.Result{}, err
	}
	ours := c.AsNamed()
	if len(tree.Ignored) == 0 {
		return journal.Result{}, c.Removed(remote.RemoveTree(ctx, c.Store, c.Step.From, ours))
	}
	if err := remote.Absent(ctx, c.Store, c.Step.To); err != nil {
		return journal.Result{}, err
	}
	if err := c.Removed(remote.RemoveBut(ctx, c.Store, c.Step.From, ours, tree.Ignored)); err != nil {
		return journal.Result{}, err
	}
	return journal.Result{}, remote.Rename(ctx, c.Store, c.Step.From, c.Step.To)
}
