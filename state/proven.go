package state

import "time"

// Proven is how and when the files of a set at a destination were proven to be as its
// manifest says, as far as the ledger there knows.
type Proven struct {
	Level string    `json:"level"`       // of the file that is proven worst: ReadProof, ServerProof, or one of those below
	At    time.Time `json:"at,omitzero"` // UTC, of the file that was proven longest ago; zero without a proof
	// Problem is why the ledger could not be read; "" if it was. It may hold hostile names.
	Problem string `json:"problem,omitempty"`
}

// The levels of a set of which not every file was proven.
const (
	NeverProven  = "never"
	NotProvable  = "no sums" // it was adopted: nobody knows what its bytes should be
	ProofUnknown = "unknown" // for the reason in Proven.Problem
)

// Proven is what the proofs say of a set with that manifest.
func (p Proof) Proven(m *Manifest) Proven {
	first, _, level := p.OfSet(m)
	switch {
	case m != nil && m.NoSums:
		return Proven{Level: NotProvable}
	case first.IsZero():
		return Proven{Level: NeverProven}
	}
	return Proven{Level: level, At: first}
}

// Since reports whether the set was proven at or after that time.
func (p Proven) Since(at time.Time) bool { return !p.At.IsZero() && !p.At.Before(at) }

// String is "read 2026-11-21", "server 2026-11-21", "never", "no sums" or "unknown".
func (p Proven) String() string {
	if p.At.IsZero() {
		return p.Level
	}
	return p.Level + " " + p.At.Format(time.DateOnly)
}
