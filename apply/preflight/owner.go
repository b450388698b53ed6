package preflight

import (
	"context"
	"fmt"

	"github.com/vmxsync/vmxsync/apply/step"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state/read"
)

// Owner proves that the root of a place that is about to be changed belongs to the plan
// called name, or has no owner if the plan claims it.
func Owner(ctx context.Context, store providers.Store, p diff.Place, name string) error {
	owner, err := read.Owner(ctx, store, p.WorkDir)
	switch {
	case err != nil:
		return fmt.Errorf("%s: %w", p.Name, err)
	case owner == name, (owner == "" || owner == p.Owner) && p.Own:
		return nil
	case owner == "":
		return fmt.Errorf("%s: %w: its root no longer has an owner; the plan saw %q", p.Name, ErrStale, name)
	}
	return fmt.Errorf("%s: %w: its root belongs to %q, the plan to %q", p.Name, ErrStale, owner, name)
}

// Enter proves whose root a place is before anything is written into it. Other work
// folders in one that is ours already are looked for under the lock.
func Enter(ctx context.Context, store providers.Store, p diff.Place, name string) error {
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
