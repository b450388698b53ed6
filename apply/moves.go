package apply

import (
	"context"
	"fmt"
	"sync"

	"github.com/vmxsync/vmxsync/apply/remote"
	"github.com/vmxsync/vmxsync/state/known"
)

// A set gets its final name, or in place its manifest, by a rename from one folder into
// another. A server that refuses such a rename would report it only after all bytes
// were sent. So something small is renamed before the first byte: once for a
// destination whose record has no success yet.

// moves is what is known about renames at the places that a run changes. The zero value
// is ready to use.
type moves struct {
	mu    sync.Mutex
	moved map[string]known.Moves
	tries map[string]*moveTrial
}

// moveTrial is the trial rename of a place. Other jobs wait for its result.
type moveTrial struct {
	mu      sync.Mutex
	refusal error
}

// note remembers what a place has renamed in a trial.
func (m *moves) note(place string, what known.Moves) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.moved == nil {
		m.moved = map[string]known.Moves{}
	}
	if !m.moved[place].Cover(what) {
		m.moved[place] = what
	}
}

// seen is what a place has renamed in a trial of this run; "" if nothing.
func (m *moves) seen(place string) known.Moves {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.moved[place]
}

func (m *moves) trial(place string) *moveTrial {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.tries == nil {
		m.tries = map[string]*moveTrial{}
	}
	if m.tries[place] == nil {
		m.tries[place] = &moveTrial{}
	}
	return m.tries[place]
}

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
