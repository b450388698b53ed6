package faults

import (
	"errors"
	"fmt"
	"slices"
	"sync"
)

// Script counts calls and knows which of them fail, and how. It is safe
// for concurrent use.
type Script struct {
	mu      sync.Mutex
	faults  []*Fault
	calls   []Call
	crashed bool

	watching  sync.Mutex
	observers []func(Call)
}

// New makes a script with these faults. At a call that several are about, the
// first one counts.
func New(faults ...*Fault) *Script { return &Script{faults: faults} }

// Observe has f called after every call that changed, or may have changed, a
// store, and after every Step; one at a time, and before the caller learns of
// its end. f must use what lies below the wrapper, not the wrapper itself.
// Observe comes before the first call.
func (s *Script) Observe(f func(Call)) { s.observers = append(s.observers, f) }

// Calls returns all calls so far, in the order in which they began. A call
// after the crash is none.
func (s *Script) Calls() []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.calls)
}

// Crashed reports whether the process counts as dead.
func (s *Script) Crashed() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.crashed
}

// Kill is a crash that happens now, between two calls.
func (s *Script) Kill() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.crashed = true
}

// AllHit is an error that names each fault that never fired.
func (s *Script) AllHit() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var errs []error
	for _, f := range s.faults {
		if !f.hit {
			errs = append(errs, fmt.Errorf("never happened: %s", f.what))
		}
	}
	return errors.Join(errs...)
}

// Step counts one step of something that is no store. Where before is not nil,
// the step must not be done, and before is its error. Else after is called
// once the step is done, and what it returns is the step's result. The names
// of a store's operations are not for steps.
func (s *Script) Step(op, path string) (after func() error, before error) {
	t := s.begin(Call{Op: op, Path: path})
	if t.stops() {
		return nil, t.err()
	}
	return func() error { return t.end(nil) }, nil
}

// turn is one call under way.
type turn struct {
	script *Script
	call   Call
	fault  *Fault // nil: nothing goes wrong
	dead   bool   // the crash was before this call
}

func (s *Script) begin(c Call) turn {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.crashed {
		return turn{script: s, dead: true}
	}
	c.Index = len(s.calls)
	s.calls = append(s.calls, c)
	t := turn{script: s, call: c}
	for _, f := range s.faults {
		if f.meets(c) && t.fault == nil {
			t.fault, f.hit = f, true
		}
	}
	if t.fault != nil && t.fault.crash && t.at() == Before {
		s.crashed = true
	}
	return t
}

// at is the instant of the fault, as this call knows instants.
func (t turn) at() When {
	if t.fault.when == Middle && t.call.Op != Put && t.call.Op != Open {
		return Before
	}
	return t.fault.when
}

// stops reports whether the call must have no effect.
func (t turn) stops() bool { return t.dead || t.fault != nil && t.at() == Before }

// halves reports whether the call must have half its effect.
func (t turn) halves() bool { return !t.dead && t.fault != nil && t.at() == Middle }

// err is what the call returns by its fault; nil where that is a lie.
func (t turn) err() error {
	if t.dead {
		return ErrCrashed
	}
	return fmt.Errorf("%s: %w", t.call, t.fault.err)
}

// end reports the effect to the observers, and returns what the caller learns
// where the call itself ended with err.
func (t turn) end(err error) error {
	if t.fault != nil && t.fault.crash {
		t.script.crash()
	}
	t.script.observe(t.call)
	switch {
	case t.fault != nil && t.fault.err == nil:
		return nil
	case t.fault != nil:
		return t.err()
	case t.script.Crashed():
		return ErrCrashed
	}
	return err
}

func (s *Script) crash() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.crashed = true
}

func (s *Script) observe(c Call) {
	if c.Op == List || c.Op == Stat || c.Op == Open {
		return
	}
	s.watching.Lock()
	defer s.watching.Unlock()
	for _, f := range s.observers {
		f(c)
	}
}
