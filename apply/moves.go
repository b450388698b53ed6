package apply

import (
	"sync"

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
