package preflight

import (
	"context"
	"errors"
	"fmt"

	"github.com/vmxsync/vmxsync/apply/step"
	"github.com/vmxsync/vmxsync/apply/task"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state/read"
)

// Owner proves that the root of a place that is about to be changed belongs to the plan
// called name, or has no owner if the plan claims it.
func Owner(ctx context.Context, store providers.Store, p diff.Place, name string) error {
	_, err := ownerOf(ctx, store, p, name)
	return err
}

// ownerOf is Owner, and who owns the root now.
func ownerOf(ctx context.Context, store providers.Store, p diff.Place, name string) (owner string, err error) {
	owner, err = read.Owner(ctx, store, p.WorkDir)
	switch {
	case err != nil:
		return "", fmt.Errorf("%s: %w", p.Name, err)
	case owner == name, (owner == "" || owner == p.Owner) && p.Own:
		return owner, nil
	case owner == "":
		return "", fmt.Errorf("%s: %w: its root no longer has an owner; the plan saw %q", p.Name, ErrStale, name)
	}
	return owner, fmt.Errorf("%s: %w: its root belongs to %q, the plan to %q", p.Name, ErrStale, owner, name)
}

// Enter proves of each place whose root it is, before anything is written into it. A root
// that is not as the plan saw it is the error, which wraps ErrStale, if the plan touches
// it; for any other reason the place is away.
func Enter(ctx context.Context, stores map[string]providers.Store, places []diff.Place, jobs []*task.Env, name string) (away map[string]error, err error) {
	var stale []error
	away = map[string]error{}
	for _, p := range places {
		err := enter(ctx, newSnapshot(stores[p.Name], p.WorkDir), p, name)
		if errors.Is(err, ErrStale) && Touches(p, jobs) {
			stale = append(stale, err)
		} else if err != nil {
			away[p.Name] = err
		}
	}
	return away, errors.Join(stale...)
}

// enter leaves it to the lock to look for other work folders in a root that is ours
// already. In any other it lists the root first, which mostly has no work folder: then little
// is left to ask.
func enter(ctx context.Context, store providers.Store, p diff.Place, name string) error {
	if p.Own {
		_, err := store.List(ctx, ".")
		if _, partly := errors.AsType[*providers.PartialListing](err); err != nil && !partly {
			return fmt.Errorf("%s: %w", p.Name, err)
		}
	}
	if err := Owner(ctx, store, p, name); err != nil || !p.Own {
		return err
	}
	return neighbours(ctx, store, p, name)
}

func neighbours(ctx context.Context, store providers.Store, p diff.Place, name string) error {
	if err := step.RefuseNeighbours(ctx, store, p, name); err != nil {
		return fmt.Errorf("%s: %w", p.Name, err)
	}
	return nil
}
