package apply

import (
	"context"
	"errors"
	"fmt"
	"path"
	"slices"

	"github.com/vmxsync/vmxsync/apply/journal"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/read"
)

// own writes the owner file of the root. The file appears complete: it is written under
// a temporary name first.
type own struct{ stepEnv }

func (o own) Check(ctx context.Context, _ journal.Status) (bool, error) {
	owner, pending, err := read.Claimant(ctx, o.store, o.place.WorkDir)
	if err != nil {
		return false, err
	}
	if owner == o.plan.Name {
		missing, err := o.unnamed(ctx)
		return err == nil && !pending && len(missing) == 0, err
	}
	if owner != "" && owner != o.place.Owner {
		return false, fmt.Errorf("the root belongs to %q, the plan to %q", owner, o.plan.Name)
	}
	return false, nil
}

// Do trusts only what it reads back: a concurrent apply may have taken the root
// meanwhile, for the same plan or for another.
func (o own) Do(ctx context.Context) (journal.Result, error) {
	fresh := o.place.WorkDir.NextOwner()
	failed := o.finish(ctx)
	if failed == nil {
		failed = o.nameFormer(ctx)
	}
	done, err := o.Check(ctx, journal.Started)
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
	ours, err := o.Check(ctx, journal.Started)
	switch {
	case ours && failed != nil:
		removeIfThere(ctx, o.store, fresh) // a leftover does no harm
	case !ours && failed == nil && err == nil:
		err = fmt.Errorf("%s %w", o.s.To, errMissing)
	case !ours:
		err = errors.Join(failed, err)
	}
	if err == nil {
		err = o.alone(ctx)
	}
	return journal.Result{}, err
}

// alone checks that no other configuration took the root with another work folder
// meanwhile: of two that do, at least one sees the other and stops.
func (o own) alone(ctx context.Context) error {
	return o.refuseNeighbours(ctx, o.store, o.place)
}

// unnamed are the former owners that the root does not list yet: their sets would not
// count for the next plan.
func (o own) unnamed(ctx context.Context) ([]string, error) {
	if len(o.place.Former) == 0 {
		return nil, nil
	}
	named, err := read.Former(ctx, o.store, o.place.WorkDir)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Clone(o.place.Former), func(name string) bool { return slices.Contains(named, name) }), nil
}

// nameFormer adds the former owners to those that the root names. It is called before
// the owner changes; a torn file lists fewer owners, and the sets of the others are
// kept.
func (o own) nameFormer(ctx context.Context) error {
	missing, err := o.unnamed(ctx)
	if err != nil || len(missing) == 0 {
		return err
	}
	named, err := read.Former(ctx, o.store, o.place.WorkDir)
	if err != nil {
		return err
	}
	return write(ctx, o.store, o.place.WorkDir.Former(), state.FormatFormer(append(named, missing...)))
}

// disown deletes the owner file of another work folder at the root, which this plan
// takes over. Other files there are kept.
type disown struct{ stepEnv }

func (d disown) Check(ctx context.Context, _ journal.Status) (bool, error) {
	owner, err := read.Owner(ctx, d.store, d.folder())
	return err == nil && owner == "", err
}

func (d disown) Do(ctx context.Context) (journal.Result, error) {
	if err := removeIfThere(ctx, d.store, d.folder().NextOwner()); err != nil {
		return journal.Result{}, err
	}
	return journal.Result{}, removeIfThere(ctx, d.store, d.s.From)
}

func (d disown) folder() state.WorkDir { return state.WorkDir(path.Dir(d.s.From)) }

// refuseNeighbours proves that no other work folder at the root has an owner,
// but for those that the plan takes over.
func (x *executor) refuseNeighbours(ctx context.Context, store providers.Store, p diff.Place) error {
	found, err := read.Neighbours(ctx, store, p.Layout, p.WorkDir)
	if err != nil {
		return err
	}
	for _, n := range found {
		if !slices.Contains(p.Disown, n.WorkDir) {
			return providers.WithHint(fmt.Errorf("%w: the work folder %s at this root belongs to %q, the plan belongs to %q with %s", ErrStale, n.WorkDir, n.Owner, x.plan.Name, p.WorkDir),
				"Two configurations on one root would delete each other's backups: use another root, or plan again with -take-over.")
		}
	}
	return nil
}

// ofOurs returns an error unless a set at a place was made by a configuration whose
// sets count there.
func (x *executor) ofOurs(p diff.Place, s state.Set) error {
	if s.Manifest == nil || s.Manifest.Owner == "" || s.Manifest.Owner == x.plan.Name || slices.Contains(p.Former, s.Manifest.Owner) {
		return nil
	}
	return fmt.Errorf("it belongs to the configuration %q", s.Manifest.Owner)
}

// finish renames a pending owner file to its final name if an earlier run died before
// that: a file that is being written is never the only owner file of the root.
func (o own) finish(ctx context.Context) error {
	_, pending, err := read.Claimant(ctx, o.store, o.place.WorkDir)
	if err != nil || !pending {
		return err
	}
	return rename(ctx, o.store, o.place.WorkDir.NextOwner(), o.s.To)
}

// makeWay removes the owner that the plan saw, and no other.
func (o own) makeWay(ctx context.Context) error {
	if done, err := o.Check(ctx, journal.Started); done || err != nil {
		return err
	}
	return removeIfThere(ctx, o.store, o.s.To)
}
