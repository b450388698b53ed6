package step

import (
	"context"
	"fmt"

	"github.com/vmxsync/vmxsync/apply/remote"
)

// A set gets its final name, or in place its manifest, by a rename from one folder into
// another. A server that refuses such a rename would report it only after all bytes were
// sent. So something small is renamed before the first byte: once for a destination whose
// record has no success yet.

// canPublish proves that the place allows the rename that publishes the set.
func (c claim) canPublish(ctx context.Context) error {
	what := Moves(c.Env)
	if !c.Store.Traits().MovesUnproven || c.Place.Known != nil && c.Place.Known.Moves.Cover(what) {
		return nil
	}
	return c.Learned.Tried(what, func() (error, error) {
		refusal, err := remote.TryMove(ctx, c.Store, c.Place.WorkDir, what)
		if err != nil || refusal == nil {
			return nil, err
		}
		refusal = fmt.Errorf("the server refused the rename that publishes a finished set, so no file was sent: %w", refusal)
		return remote.HintRefused(ctx, c.Store, c.Place.WorkDir, what, refusal), nil
	})
}
