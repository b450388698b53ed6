package step

import (
	"context"
	"fmt"
	"slices"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state/read"
)

// RefuseNeighbours proves that no other work folder at the root has an owner,
// but for those that the plan of owner takes over. Its error wraps ErrStale if one has.
func RefuseNeighbours(ctx context.Context, store providers.Store, p diff.Place, owner string) error {
	found, err := read.Neighbours(ctx, store, p.Layout, p.WorkDir)
	if err != nil {
		return err
	}
	for _, n := range found {
		if !slices.Contains(p.Disown, n.WorkDir) {
			return providers.WithHint(fmt.Errorf("%w: the work folder %s at this root belongs to %q, the plan belongs to %q with %s", ErrStale, n.WorkDir, n.Owner, owner, p.WorkDir),
				"Two configurations on one root would delete each other's backups: use another root, or plan again with -take-over.")
		}
	}
	return nil
}
