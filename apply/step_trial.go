package apply

import (
	"context"
	"fmt"

	"github.com/vmxsync/vmxsync/apply/remote"
	"github.com/vmxsync/vmxsync/state/known"
)

// publishes is what has to be renamed to publish the set of a job.
func (j *job) publishes() known.Moves {
	if j.inPlace() {
		return known.MovesFiles
	}
	return known.MovesFolders
}

// canPublish proves that the place allows the rename that publishes the set. Only a
// refusal is remembered: other errors may not happen again for the next set.
func (c claim) canPublish(ctx context.Context) error {
	what := c.publishes()
	if !c.store.Traits().MovesUnproven || c.place.Known != nil && c.place.Known.Moves.Cover(what) {
		return nil
	}
	t := c.moves.trial(c.place.Name)
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.refusal != nil || c.moves.seen(c.place.Name).Cover(what) {
		return t.refusal
	}
	refusal, err := remote.TryMove(ctx, c.store, c.place.WorkDir, what)
	switch {
	case err != nil:
		return err
	case refusal == nil:
		c.moves.note(c.place.Name, what)
		return nil
	}
	refusal = fmt.Errorf("the server refused the rename that publishes a finished set, so no file was sent: %w", refusal)
	t.refusal = remote.HintRefused(ctx, c.store, c.place.WorkDir, what, refusal)
	return t.refusal
}
