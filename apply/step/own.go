package step

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/vmxsync/vmxsync/apply/journal"
	"github.com/vmxsync/vmxsync/apply/remote"
	"github.com/vmxsync/vmxsync/apply/task"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/read"
)

// own writes the owner file of the root. The file appears complete: it is written under
// a temporary name first.
type own struct {
	task.Task
	unowned bool // Check has just found neither an owner nor one who was about to be it
}

func (o *own) Check(ctx context.Context, was journal.Status) (bool, error) {
	if was == journal.Never && o.Learned.Unowned(o.Now()) {
		o.unowned = true
		return false, nil
	}
	owner, pending, err := read.Claimant(ctx, o.Store, o.Place.WorkDir)
	if err != nil {
		return false, err
	}
	if owner == o.Owner {
		missing, err := o.unnamed(ctx)
		return err == nil && !pending && len(missing) == 0, err
	}
	if owner != "" && owner != o.Place.Owner {
		return false, fmt.Errorf("the root belongs to %q, the plan to %q", owner, o.Owner)
	}
	o.unowned = owner == ""
	return false, nil
}

// Do trusts only what it reads back: a concurrent apply may have taken the root
// meanwhile, for the same plan or for another.
func (o *own) Do(ctx context.Context) (journal.Result, error) {
	fresh := o.Place.WorkDir.NextOwner()
	unowned, failed := o.unowned, error(nil)
	if !unowned {
		unowned, failed = o.finish(ctx)
	}
	if failed == nil {
		failed = o.nameFormer(ctx)
	}
	if !unowned || failed != nil {
		done, err := o.Check(ctx, journal.Started)
		if done || err != nil {
			return journal.Result{}, errors.Join(failed, err)
		}
	}
	if failed == nil {
		failed = remote.Write(ctx, o.Store, fresh, []byte(o.Owner+"\n"))
	}
	if failed == nil && o.Place.Owner != "" {
		failed = o.makeWay(ctx)
	}
	if failed == nil {
		failed = o.name(ctx, fresh)
	}
	ours, err := o.Check(ctx, journal.Started)
	switch {
	case ours && failed != nil:
		remote.RemoveIfThere(ctx, o.Store, fresh) // a leftover does no harm
	case !ours && failed == nil && err == nil:
		err = fmt.Errorf("%s %w", o.Step.To, remote.ErrMissing)
	case !ours:
		err = errors.Join(failed, err)
	}
	if err == nil {
		err = o.alone(ctx)
	}
	return journal.Result{}, err
}

// name gives the owner file its name, which the listing shows to be free; Do reads it next.
func (o *own) name(ctx context.Context, fresh string) error {
	if err := remote.Absent(ctx, o.Store, o.Step.To); err != nil {
		return err
	}
	return remote.Move(ctx, o.Store, fresh, o.Step.To)
}

// alone checks that no other configuration took the root with another work folder
// meanwhile: of two that do, at least one sees the other and stops.
func (o *own) alone(ctx context.Context) error {
	return RefuseNeighbours(ctx, o.Store, o.Place, o.Owner)
}

// unnamed are the former owners that the root does not list yet: their sets would not
// count for the next plan.
func (o *own) unnamed(ctx context.Context) ([]string, error) {
	if len(o.Place.Former) == 0 {
		return nil, nil
	}
	named, err := read.Former(ctx, o.Store, o.Place.WorkDir)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Clone(o.Place.Former), func(name string) bool { return slices.Contains(named, name) }), nil
}

// nameFormer adds the former owners to those that the root names. It is called before
// the owner changes; a torn file lists fewer owners, and the sets of the others are
// kept.
func (o *own) nameFormer(ctx context.Context) error {
	missing, err := o.unnamed(ctx)
	if err != nil || len(missing) == 0 {
		return err
	}
	named, err := read.Former(ctx, o.Store, o.Place.WorkDir)
	if err != nil {
		return err
	}
	return remote.Write(ctx, o.Store, o.Place.WorkDir.Former(), state.FormatFormer(append(named, missing...)))
}

// finish renames a pending owner file to its final name if an earlier run died before
// that: a file that is being written is never the only owner file of the root. It reports
// whether nobody owns the root.
func (o *own) finish(ctx context.Context) (unowned bool, err error) {
	owner, pending, err := read.Claimant(ctx, o.Store, o.Place.WorkDir)
	if err != nil || !pending {
		return owner == "" && err == nil, err
	}
	return false, remote.Rename(ctx, o.Store, o.Place.WorkDir.NextOwner(), o.Step.To)
}

// makeWay removes the owner that the plan saw, and no other.
func (o *own) makeWay(ctx context.Context) error {
	if done, err := o.Check(ctx, journal.Started); done || err != nil {
		return err
	}
	return remote.RemoveIfThere(ctx, o.Store, o.Step.To)
}
