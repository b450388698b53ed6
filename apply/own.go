package apply

import (
	"context"
	"errors"
	"fmt"

	"github.com/vmxsync/vmxsync/apply/journal"
	"github.com/vmxsync/vmxsync/state"
)

// own writes whose root this is. The file appears whole: it is written beside
// its name first.
type own struct{ at }

func (o own) look(ctx context.Context, _ journal.Status) (bool, error) {
	owner, pending, err := state.ReadClaimant(ctx, o.store, o.place.WorkDir)
	if err != nil || owner == o.plan.Name {
		return err == nil && !pending, err
	}
	if owner != "" && owner != o.place.Owner {
		return false, fmt.Errorf("the root belongs to %q, the plan is of %q", owner, o.plan.Name)
	}
	return false, nil
}

// act believes only what it reads back: another apply may have taken the root
// meanwhile, for the same plan or for another.
func (o own) act(ctx context.Context) (journal.Result, error) {
	fresh := o.place.WorkDir.NextOwner()
	failed := o.finish(ctx)
	done, err := o.look(ctx, journal.Started)
	if done || err != nil {
		return journal.Result{}, errors.Join(failed, err)
	}
	if failed == nil {
		failed = write(ctx, o.store, fresh, []byte(o.plan.Name+"\n"))
	}
	if failed == nil && o.place.Owner != "" {
		failed = o.makeWay(ctx)
	}
	if failed == nil {
		failed = rename(ctx, o.store, fresh, o.s.To)
	}
	ours, err := o.look(ctx, journal.Started)
	switch {
	case ours && failed != nil:
		removeIfThere(ctx, o.store, fresh) // what is left of it harms nobody
	case !ours && failed == nil && err == nil:
		err = fmt.Errorf("%s %w", o.s.To, errMissing)
	case !ours:
		err = errors.Join(failed, err)
	}
	return journal.Result{}, err
}

// finish gives the owner file its name where one died before: what is written
// anew is never the only name that the root has.
func (o own) finish(ctx context.Context) error {
	_, pending, err := state.ReadClaimant(ctx, o.store, o.place.WorkDir)
	if err != nil || !pending {
		return err
	}
	return rename(ctx, o.store, o.place.WorkDir.NextOwner(), o.s.To)
}

// makeWay removes the owner that the plan saw, and no other.
func (o own) makeWay(ctx context.Context) error {
	if done, err := o.look(ctx, journal.Started); done || err != nil {
		return err
	}
	return removeIfThere(ctx, o.store, o.s.To)
}
