package task

import (
	"sync"

	"github.com/vmxsync/vmxsync/state/known"
)

// Learned is what the steps of a run have found out about one place, so that each thing
// is asked once there: other jobs wait for the answer. The zero value is ready to use.
type Learned struct {
	trial   sync.Mutex
	moved   known.Moves
	refusal error // of the trial rename

	asking sync.Mutex
	proofs *bool // whether anything was ever proven there
}

// Tried is the refusal of the trial rename of what is to be moved; nil if the place allows
// it. Other errors of a try are not remembered: they may not happen again for the next
// set.
func (l *Learned) Tried(what known.Moves, try func() (refusal, err error)) error {
	l.trial.Lock()
	defer l.trial.Unlock()
	if l.refusal != nil || l.moved.Cover(what) {
		return l.refusal
	}
	refusal, err := try()
	if err != nil {
		return err
	}
	if l.refusal = refusal; refusal == nil {
		l.moved = what
	}
	return refusal
}

// HoldsProofs reports whether anything was ever proven there.
func (l *Learned) HoldsProofs(ask func() (bool, error)) (bool, error) {
	l.asking.Lock()
	defer l.asking.Unlock()
	if l.proofs == nil {
		some, err := ask()
		if err != nil {
			return false, err
		}
		l.proofs = &some
	}
	return *l.proofs, nil
}
