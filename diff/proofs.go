package diff

import (
	"time"

	"github.com/vmxsync/vmxsync/state"
)

// Proofs is how and when the sets of a VM at a destination that count were proven. The zero
// value: the ledger there was not asked.
type Proofs struct {
	Asked  bool
	Newest *state.Proven // of the newest set that counts; nil: it has no manifest
	Oldest time.Time     // the proof of a set that is oldest; zero: none was proven
	Never  int           // sets that were never proven, and can be
}

func (p *Proofs) add(is *state.Proven) {
	if is == nil {
		return
	}
	p.Asked = true
	if is.Level == state.NeverProven {
		p.Never++
	}
	if !is.At.IsZero() && (p.Oldest.IsZero() || is.At.Before(p.Oldest)) {
		p.Oldest = is.At
	}
}
