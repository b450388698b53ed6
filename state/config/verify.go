package config

import "time"

// Verify is a verify block: how young the proof of a set may be, and how much of that one
// apply does.
type Verify struct {
	Level string // state.ReadProof or state.ServerProof
	Every Span   // a set whose proof is older is due
	// MaxBytes is how much one apply reads at one destination; 0: no limit.
	MaxBytes int64
	// MaxDuration is how long it does so; 0: no limit.
	MaxDuration time.Duration
}

// VerifyOf returns the verify block for the sets of a backup at a destination: that of the
// backup, or else of the destination; nil if neither has one. A set that no backup sends
// there is of the zero Backup.
func VerifyOf(b Backup, d Destination) *Verify {
	if b.Verify != nil {
		return b.Verify
	}
	return d.Verify
}
