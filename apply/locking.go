package apply

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/vmxsync/vmxsync/apply/lock"
	"github.com/vmxsync/vmxsync/apply/preflight"
	"github.com/vmxsync/vmxsync/apply/remote"
	"github.com/vmxsync/vmxsync/diff"
)

// takeLocks takes the locks of all destinations that the plan changes or counts on,
// unless they are away. Before it writes into a root it proves whose that is.
func (x *executor) takeLocks(ctx context.Context, lost func(error)) error {
	away, err := preflight.Enter(ctx, x.opts.Stores, x.lockable(), x.jobs.envs(), x.plan.Name)
	maps.Copy(x.stops.lost, away)
	if err != nil {
		return err
	}
	found, err := x.locks.TakeAll(ctx, x.lockable(), lost)
	maps.Copy(x.stops.lost, found.Unlocked)
	x.stops.skewed = found.Skewed
	return err
}

// lockable are the destinations of jobs that are not away.
func (x *executor) lockable() []diff.Place {
	if x.opts.Machine == nil {
		return nil
	}
	needed := map[string]bool{}
	for _, j := range x.jobs.all {
		for _, name := range j.destinations() {
			needed[name] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(x.plan.Places), func(p diff.Place) bool {
		return !needed[p.Name] || x.stops.lost[p.Name] != nil || x.opts.Stores[p.Name] == nil
	})
}

// guard proves that the locks are held which a job needs. Its error is fatal if one was
// lost.
func (x *executor) guard(ctx context.Context, j *job) error {
	for _, name := range j.destinations() {
		if !x.locks.Holds(name) {
			return fmt.Errorf("%s could not be locked: %w", name, cmp.Or(x.stops.lost[name], x.opts.Missing[name], remote.ErrMissing))
		}
		err := x.locks.Check(ctx, name)
		if errors.Is(err, lock.ErrLost) {
			return fatalError{err}
		}
		if err != nil {
			return err
		}
	}
	return nil
}
