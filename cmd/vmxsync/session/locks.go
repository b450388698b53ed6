package session

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/vmxsync/vmxsync/apply/lock"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state/wording"
)

// Locks are the locks that an apply needs before it reads its journal.
type Locks struct {
	Machine  *lock.Machine
	Patience time.Duration // how long to wait for a lock that is held
	journal  *lock.File    // nil for -check, which writes no journal
}

// Acquire locks the journal at record against other applies of this user: their lines
// would mix. check: no journal is written.
func Acquire(ctx context.Context, e *Env, record string, patience time.Duration, check bool) (Locks, error) {
	t := Locks{Patience: patience}
	if t.Patience < 0 {
		return t, failure.Usage(fmt.Errorf("-lock-timeout=%s is negative", t.Patience), "Without it, an apply ends at once if a destination is locked.")
	}
	if err := MakeState(e); err != nil {
		return t, err
	}
	t.Machine, _ = e.State.Locks()
	path, err := filepath.Abs(record)
	if err != nil || check {
		return t, err
	}
	t.journal, err = t.Machine.TakeFile(ctx, "the journal "+record, "journal "+path, t.Patience)
	return t, LockFailure(err)
}

// MakeState creates the state directory.
func MakeState(e *Env) error {
	return failure.New("The state directory cannot be used", e.State.Make())
}

// Release ends the locks.
func (t Locks) Release() {
	if t.journal != nil {
		t.journal.Release()
	}
}

// LockFailure adds to the error of a lock how to get past it; other errors are
// returned as they are.
func LockFailure(err error) error {
	held, isHeld := errors.AsType[*lock.HeldError](err)
	switch {
	case isHeld && held.Here:
		return failure.New("Another apply is running", failure.Hinted(err, "Wait until it has ended, or let this one wait for it: -lock-timeout=1h."))
	case isHeld:
		return failure.New("Destination is locked", failure.Hinted(err, lockHint(held)))
	case errors.Is(err, lock.ErrLost):
		return failure.New("The lock was lost", failure.Hinted(err, "Completed changes are kept. When the other apply has ended, make a new plan, or run the same command again."))
	}
	return err
}

func lockHint(held *lock.HeldError) string {
	wait := fmt.Sprintf("-lock-timeout=2m waits for the lock, and takes it over if it shows no activity for %s.", lock.Lease)
	if held.Holder.ID == "" {
		return wait
	}
	return fmt.Sprintf("%s If that apply is known to be dead: vmxsync force-unlock %s", wait,
		wording.Quoted(held.Destination+"/"+providers.Escape(held.Holder.ID)))
}
