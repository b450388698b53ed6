package step

import (
	"context"
	"fmt"

	"github.com/vmxsync/vmxsync/apply/remote"
	"github.com/vmxsync/vmxsync/apply/task"
)

// A set gets its final name, or in place its manifest, by a rename from one folder into
// another. A server that refuses such a rename would report it only after all bytes were
// sent. So something small is renamed before the first byte: once for a destination whose
// record has no success yet.

// CanPublish proves that the place allows the rename that publishes the set of the job. Who
// asks while another one tries gets its answer.
func CanPublish(ctx context.Context, e task.Env) error {
	if !MustTry(e) {
		return nil
	}
	what := Moves(e)
	return e.Learned.Tried(what, func() (error, error) {
		refusal, err := remote.TryMove(ctx, e.Store, e.Place.WorkDir, what)
		if err != nil || refusal == nil {
			return nil, err
		}
		refusal = fmt.Errorf("the server refused the rename that publishes a finished set, so no file was sent: %w", refusal)
		return remote.HintRefused(ctx, e.Store, e.Place.WorkDir, what, refusal), nil
	})
}

// MustTry reports whether only a trial shows that the place allows the rename that publishes
// the set of the job.
func MustTry(e task.Env) bool {
	return e.Store.Traits().MovesUnproven && (e.Place.Known == nil || !e.Place.Known.Moves.Cover(Moves(e)))
}
