package relay

import (
	"math/rand/v2"
	"slices"
	"sync"
)

// Script is what a relay is to do wrong, and what of it has happened.
type Script struct {
	mu       sync.Mutex
	faults   Faults
	chance   *rand.Rand // of Faults.CutChance
	hits     map[Fault]int
	sessions int // since the faults were set
}

// set changes the faults, and forgets the hits so far.
func (s *Script) set(f Faults) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults, s.hits, s.sessions = f, map[Fault]int{}, 0
	s.chance = rand.New(rand.NewPCG(f.Seed, 0))
}

// Hits is how often a fault happened since the last Set.
func (s *Script) Hits(f Fault) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.hits[f]
}

// Missed lists the faults that were asked for and have not happened since the
// last Set. A test that wants a fault fails if it was missed.
func (s *Script) Missed() []Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.DeleteFunc(s.faults.wanted(), func(f Fault) bool { return s.hits[f] > 0 })
}

// current is what to do wrong at this moment.
func (s *Script) current() Faults {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.faults
}

// fire notes that a fault happens, unless it happened often enough.
func (s *Script) fire(f Fault) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.faults.Times > 0 && s.hits[f] >= s.faults.Times {
		return false
	}
	s.hits[f]++
	return true
}

// cutWithin is where in a connection Faults.CutChance strikes, in bytes.
const cutWithin = 16 << 10

// draw decides after how many bytes a new connection is cut by chance; 0: never.
func (s *Script) draw() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.faults.CutChance == 0 || s.chance.Float64() >= s.faults.CutChance {
		return 0
	}
	return 1 + s.chance.Int64N(cutWithin)
}

// next is the number of a new control connection since the last Set.
func (s *Script) next() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sessions++
	return s.sessions
}
