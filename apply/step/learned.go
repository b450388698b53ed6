package step

import (
	"sync"

	"github.com/vmxsync/vmxsync/state/known"
)

// Learned is what the steps of a run have found out about one place, so that each thing
// is asked once there. The zero value is ready to use, also by several steps at once.
type Learned struct {
	trial   sync.Mutex // held during the trial rename: other jobs wait for its result
	moved   known.Moves
	refusal error // of the trial rename

	asking sync.Mutex
	proofs *bool // whether anything was ever proven there
}
