package apply

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"github.com/vmxsync/vmxsync/apply/journal"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/read"
)

// preflight lists what the plan touches and compares it with what the plan saw, except for
// what this run has done itself. Differences are joined StaleErrors. A destination or a
// group that cannot be read is noted, unless none can.
func (x *executor) preflight(ctx context.Context) error {
	stale, err := x.checkPlaces(ctx)
	if err != nil {
		return err
	}
	if unread, all := x.unreadGroups(); all {
		return errors.Join(unread...)
	}
	for _, j := range x.jobs {
		err := x.checkJob(ctx, j)
		if err != nil && !errors.Is(err, ErrStale) {
			return fmt.Errorf("%s: %w", j.address, err)
		}
		stale = append(stale, err)
	}
	return errors.Join(stale...)
}

// checkPlaces returns StaleErrors, or the error that ends the apply.
func (x *executor) checkPlaces(ctx context.Context) (stale []error, err error) {
	var lost []error
	touched := 0
	for _, p := range x.plan.Places {
		if p.Role == diff.SourceRole || !x.touches(p) {
			continue
		}
		touched++
		switch err := x.checkDestination(ctx, p); {
		case err == nil:
		case errors.Is(err, ErrStale):
			stale = append(stale, err)
		case ctx.Err() != nil:
			return nil, err
		default:
			x.lost[p.Name] = err
			lost = append(lost, err)
		}
	}
	if len(lost) > 0 && len(lost) == touched {
		return nil, errors.Join(lost...)
	}
	return stale, nil
}

func (x *executor) touches(p diff.Place) bool {
	return len(p.Observed) > 0 || slices.ContainsFunc(x.jobs, func(j *job) bool { return j.place.Name == p.Name })
}

func (x *executor) checkDestination(ctx context.Context, p diff.Place) error {
	if err := x.lost[p.Name]; err != nil {
		return err
	}
	if err := x.opts.Missing[p.Name]; err != nil {
		return fmt.Errorf("%s: %w", p.Name, err)
	}
	store, ok := x.opts.Stores[p.Name]
	if !ok {
		return fmt.Errorf("destination %q is not open", p.Name)
	}
	look := newSnapshot(store)
	if err := x.checkOwner(ctx, look, p); err != nil {
		return err
	}
	if err := x.refuseNeighbours(ctx, look, p); err != nil {
		return fmt.Errorf("%s: %w", p.Name, err)
	}
	return x.checkPlace(ctx, look, p)
}

// checkOwner proves that a root that is about to be changed belongs to the plan, or
// has no owner if the plan claims it.
func (x *executor) checkOwner(ctx context.Context, store providers.Store, p diff.Place) error {
	owner, err := read.Owner(ctx, store, p.WorkDir)
	switch {
	case err != nil:
		return fmt.Errorf("%s: %w", p.Name, err)
	case owner == x.plan.Name, (owner == "" || owner == p.Owner) && p.Own:
		return nil
	case owner == "":
		return fmt.Errorf("%s: %w: its root no longer has an owner; the plan saw %q", p.Name, ErrStale, x.plan.Name)
	}
	return fmt.Errorf("%s: %w: its root belongs to %q, the plan to %q", p.Name, ErrStale, owner, x.plan.Name)
}

// checkJob looks at what a job needs beside the groups at destinations.
func (x *executor) checkJob(ctx context.Context, j *job) error {
	if x.lost[j.place.Name] != nil {
		return nil
	}
	for _, look := range []func(context.Context, *job) error{x.checkSource, x.checkPrune, x.checkReturn} {
		if err := look(ctx, j); err != nil {
			return err
		}
	}
	return nil
}

// checkPrune proves that a set that is to be pruned is as planned, unless this run has
// begun with it. If the journal was lost, the place of the set shows that.
func (x *executor) checkPrune(ctx context.Context, j *job) error {
	s, ok := j.first(diff.OpPrune)
	if was, _ := x.journal.Of(s.ID); !ok || was != journal.Never {
		return nil
	}
	where, err := prune{stepEnv: stepEnv{x, j, s}}.where(ctx)
	stale := &StaleError{Scope: j.scope()}
	switch {
	case err != nil:
		return err
	case where == s.From:
		_, err := x.sourceSetAt(ctx, j, where)
		if !errors.Is(err, ErrSourceChanged) {
			return err
		}
		stale.Changed = []string{fmt.Sprintf("%s (%v)", j.key.Stamp, err)}
	case x.journal.Begun():
		stale.Vanished = []string{string(j.key.Stamp)}
	default:
		x.found = append(x.found, s.ID)
		return nil
	}
	return stale
}

// checkReturn finds out, for a journal that was lost, whether a set came back
// to its source.
func (x *executor) checkReturn(ctx context.Context, j *job) error {
	s, ok := j.first(diff.OpReturn)
	if !ok || j.place.Role != diff.SourceRole || x.journal.Begun() {
		return nil
	}
	_, back, err := entry(ctx, j.store, s.To)
	_, aside, failed := entry(ctx, j.store, s.From)
	if back && !aside && err == nil && failed == nil {
		x.found = append(x.found, s.ID)
	}
	return errors.Join(err, failed)
}

// checkSource proves that the set that is to be sent is as planned. A set that is
// complete at the destination does not need its source any more.
func (x *executor) checkSource(ctx context.Context, j *job) error {
	if j.source == nil || !j.has(diff.OpPut) || j.progress == finished || x.unread[j.scope()] != nil {
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
