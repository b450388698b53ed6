package config

// Backup is which VMs of a source are sent where.
type Backup struct {
	Name    string
	Source  string
	VMs     []string // names or globs
	Exclude []string
	// Retired are names of VMs that are gone for good: their sets stay under
	// retention, and nobody waits for new ones.
	Retired []string
	Copies  []Copy
	// PruneSource is the policy by which local sets are pruned; "" keeps them all.
	PruneSource string
	// VerifiedWithin is how young the proof of each of its sets must be at each
	// destination, and how long it counts where a local set is pruned; zero: no proof is
	// missed, and copies are always read back.
	VerifiedWithin Span
	// PreventDestroy refuses every planned delete of its VMs at its destinations.
	PreventDestroy bool
	// FreshWithin is how young the newest complete set of each of its VMs must be
	// at each destination; zero: as old as it likes.
	FreshWithin Span
	// MaxBehind is how old a set may be that waits for its upload before status
	// shows that something is wrong with the destination.
	MaxBehind Span
	// Verify is for its sets at all its destinations; nil: as each destination has it.
	Verify *Verify
}

// DefaultMaxBehind is for a run every night, and two hours for it.
var DefaultMaxBehind = Span{Hours: 26}

// Copy is one destination of a backup with the policy that holds there.
type Copy struct {
	Destination string
	Policy      string
	Order       Order
}

// Order is what is done first at a destination.
type Order string

const (
	// UploadFirst: no set is deleted before all uploads are done.
	UploadFirst Order = ""
	// DeleteFirst: sets are deleted first, but for the newest min_keep that are complete at
	// the destination: for destinations that cannot hold both.
	DeleteFirst Order = "delete_first"
)
