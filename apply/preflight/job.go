package preflight

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/vmxsync/vmxsync/apply/journal"
	"github.com/vmxsync/vmxsync/apply/prune"
	"github.com/vmxsync/vmxsync/apply/remote"
	"github.com/vmxsync/vmxsync/apply/source"
	"github.com/vmxsync/vmxsync/apply/step"
	"github.com/vmxsync/vmxsync/apply/task"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/state"
)

// checkJob looks at what a job needs beside the groups at destinations.
func (c *checks) checkJob(ctx context.Context, j *task.Env) error {
	if c.Lost[j.Place.Name] != nil {
		return nil
	}
	for _, look := range []func(context.Context, *task.Env) error{c.checkSource, c.checkPrune, c.checkReturn} {
		if err := look(ctx, j); err != nil {
			return err
		}
	}
	return nil
}

// checkPrune proves that a set that is to be pruned is as planned, unless this run has
// begun with it. If the journal was lost, the place of the set shows that.
func (c *checks) checkPrune(ctx context.Context, j *task.Env) error {
	s, ok := j.First(diff.OpPrune)
	if was, _ := c.Journal.Of(s.ID); !ok || was != journal.Never {
		return nil
	}
	where, err := prune.Where(ctx, *j, s)
	stale := &StaleError{Scope: j.Scope()}
	switch {
	case err != nil:
		return err
	case where == s.From:
		_, err := source.ReadSet(ctx, j.Source, where, j.Ignore, j.Change.Files)
		if !errors.Is(err, source.ErrChanged) {
			return err
		}
		stale.Changed = []string{fmt.Sprintf("%s (%v)", j.Key.Stamp, err)}
	case c.Journal.Begun():
		stale.Vanished = []string{string(j.Key.Stamp)}
	default:
		c.Found = append(c.Found, s.ID)
		return nil
	}
	return stale
}

// checkReturn finds out, for a journal that was lost, whether a set came back
// to its source.
func (c *checks) checkReturn(ctx context.Context, j *task.Env) error {
	s, ok := j.First(diff.OpReturn)
	if !ok || j.Place.Role != diff.SourceRole || c.Journal.Begun() {
		return nil
	}
	_, back, err := remote.Entry(ctx, j.Store, s.To)
	_, aside, failed := remote.Entry(ctx, j.Store, s.From)
	if back && !aside && err == nil && failed == nil {
		c.Found = append(c.Found, s.ID)
	}
	return errors.Join(err, failed)
}

// checkSource proves that the set that is to be sent is as planned. A set that is
// complete at the destination does not need its source any more.
func (c *checks) checkSource(ctx context.Context, j *task.Env) error {
	if j.Source == nil || !j.Has(diff.OpPut) || c.Progress[j] == Finished || c.Unread[j.Scope()] != nil {
		return nil
	}
	_, err := step.SourceSet(ctx, *j)
	if err == nil || !errors.Is(err, source.ErrChanged) && !errors.Is(err, fs.ErrNotExist) {
		if j.Change.Fetches() { // it fails this change alone
			return nil
		}
		return err
	}
	if whole, whyNot := step.SentWhole(ctx, *j); whole || whyNot != nil {
		return whyNot
	}
	stale := &StaleError{Scope: state.Scope(j.Change.Source, j.Key.VM)}
	if errors.Is(err, fs.ErrNotExist) {
		stale.Vanished = []string{string(j.Key.Stamp)}
	} else {
		stale.Changed = []string{fmt.Sprintf("%s (%v)", j.Key.Stamp, err)}
	}
	return stale
}
