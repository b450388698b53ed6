package lock

import (
	"errors"
	"fmt"

	"github.com/vmxsync/vmxsync/providers"
)

// What callers branch on.
var (
	// ErrHeld: somebody else holds the lock.
	ErrHeld = errors.New("is locked")
	// ErrLost: the lock was ours, and is no longer.
	ErrLost = errors.New("the lock was lost")
)

// HeldError names who holds a lock. It wraps ErrHeld; its text is escaped.
type HeldError struct {
	Destination string // or whatever else is locked
	Holder      Holder // zero where it is not known
	Here        bool   // a process of this user on this machine, which lives
}

func (e *HeldError) Error() string {
	who := "an unknown process"
	if e.Holder.name != "" {
		who = e.Holder.Who()
	}
	if e.Here {
		who = "another apply on this machine, " + who
	}
	return providers.Escape(fmt.Sprintf("%s %v by %s", e.Destination, ErrHeld, who))
}

// Unwrap makes errors.Is(err, ErrHeld) true.
func (e *HeldError) Unwrap() error { return ErrHeld }

// lostError tells what became of the lock. Its text is escaped.
type lostError struct {
	destination string
	others      []Holder
}

func (e *lostError) Error() string {
	how := "its lock file was deleted"
	if len(e.others) > 0 {
		how = "it is held by " + e.others[0].Who()
	}
	return providers.Escape(fmt.Sprintf("%s: %v: %s", e.destination, ErrLost, how))
}

func (e *lostError) Unwrap() error { return ErrLost }
