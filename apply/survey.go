package apply

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/state"
)

// survey lists what the plan touches and compares it with what the plan saw,
// but for what this run has done itself. Differences are joined StaleErrors. A
// group that cannot be read is noted, unless none can.
func (x *executor) survey(ctx context.Context) error {
	for _, p := range x.plan.Places {
		if err := x.surveyOwner(ctx, p); err != nil {
			return err
		}
	}
	var stale []error
	for _, p := range x.plan.Places {
		err := x.surveyPlace(ctx, p)
		if err != nil && !errors.Is(err, ErrStale) {
			return err
		}
		stale = append(stale, err)
	}
	if unread, all := x.unreadGroups(); all && len(unread) > 0 {
		return errors.Join(unread...)
	}
	for _, j := range x.jobs {
		err := x.surveySource(ctx, j)
		if err != nil && !errors.Is(err, ErrStale) {
			return fmt.Errorf("%s: %w", j.address, err)
		}
		stale = append(stale, err)
	}
	return errors.Join(stale...)
}

// surveyOwner proves that a root that is about to be changed belongs to the
// plan, or to nobody where the plan takes it.
func (x *executor) surveyOwner(ctx context.Context, p diff.Place) error {
	i := slices.IndexFunc(x.jobs, func(j *job) bool { return j.place.Name == p.Name })
	if i < 0 {
		return nil
	}
	owner, err := state.ReadOwner(ctx, x.jobs[i].store, p.WorkDir)
	switch {
	case err != nil:
		return fmt.Errorf("%s: %w", p.Name, err)
	case owner == x.plan.Name, owner == "" && len(p.Steps) > 0:
		return nil
	case owner == "":
		return fmt.Errorf("%s: %w: its root has no owner any more, the plan saw %q", p.Name, ErrStale, x.plan.Name)
	}
	return fmt.Errorf("%s: %w: its root belongs to %q, the plan is of %q", p.Name, ErrStale, owner, x.plan.Name)
}

// surveySource proves that the set that is to be sent is as planned. What is
// whole at the destination needs its source no more.
func (x *executor) surveySource(ctx context.Context, j *job) error {
	if j.source == nil || !j.has(diff.OpPut) || j.position == after || x.unread[j.scope()] != nil {
		return nil
	}
	_, err := x.sourceSet(ctx, j)
	if err == nil || !errors.Is(err, ErrSourceChanged) && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if whole, whyNot := x.sentWhole(ctx, j); whole || whyNot != nil {
		return whyNot
	}
	stale := &StaleError{Scope: state.Scope(j.change.Source, j.key.VM)}
	if errors.Is(err, fs.ErrNotExist) {
		stale.Vanished = []string{string(j.key.Stamp)}
	} else {
		stale.Changed = []string{fmt.Sprintf("%s (%v)", j.key.Stamp, err)}
	}
	return stale
}
