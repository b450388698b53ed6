package state

import (
	"time"

	"github.com/vmxsync/vmxsync/providers"
)

// Spec is what the user wants: the configuration, decoded and checked. Its
// references between blocks are names; every name in it resolves.
type Spec struct {
	Name         string // who owns a destination root
	Dir          string // absolute; paths of the configuration were relative to it
	Files        []ConfigFile
	Variables    []Variable
	Sources      []Source
	Destinations []Destination
	Policies     []Policy
	Backups      []Backup
	Guard        Guard
	Hooks        []Hook
	Notifies     []Notify
	Metrics      *Metrics // nil: none
	Log          *Log     // nil: none
}

// ConfigFile is one file of the configuration.
type ConfigFile struct {
	Path   string // absolute
	SHA256 string // of its content, in hex
}

// Variable is one declared variable with the value that holds for this run.
type Variable struct {
	Name      string
	Sensitive bool
	// JSON is the value; nil where the variable is sensitive.
	JSON []byte
	// FromEnv reports that the value came from VMXSYNC_VAR_*, so that an apply
	// in the same environment finds it again.
	FromEnv bool
}

// Source is a folder with finished backups.
type Source struct {
	Name     string
	Type     string             // "local"
	Settings providers.Settings // a *local.Settings
	Layout   Layout
	Timezone string        // IANA zone of the times in names, or "Local"
	Ignore   []string      // globs
	Settle   time.Duration // a set with a younger file is still being written
	// ReadyFiles are names of files of which a set has one when it is finished;
	// none: only settling decides.
	ReadyFiles []string
	OnEmpty    string // "error" or "ignore"
}

// Destination is a place that sets are copied to.
type Destination struct {
	Name          string // unique over types
	Type          string // "ftp", "local"
	Settings      providers.Settings
	Layout        Layout
	TrustUnmarked bool
	Optional      bool
	Publish       Publish
	WorkDir       string // one path element, ".vmxsync"
	Quota         int64  // bytes that it may hold; 0: no limit
	// TrashKeep is how long a deleted set stays in trash.
	TrashKeep time.Duration
}

// Publish is how a set gets its final name, and is deleted from it.
type Publish string

const (
	// ByRename: it is renamed from staging when it is whole, and into trash.
	ByRename Publish = ""
	// InPlace: its files are sent to the final name one by one, the manifest
	// last, and removed there: for servers that cannot rename folders.
	InPlace Publish = "in_place"
)

// Policy is one retention block. A policy without a rule that keeps thins
// nothing: it keeps everything, up to its caps.
type Policy struct {
	Name string

	// The count rules: the newest set of each of the last N periods that have
	// one. -1: of all; 0: the rule is not used. KeepLast counts the sets.
	KeepLast, KeepHourly, KeepDaily, KeepWeekly, KeepMonthly, KeepYearly int
	// The window rules: what is newer than the newest candidate less the span,
	// all of it or the newest set of each period. Zero: not used.
	KeepWithin, KeepWithinHourly, KeepWithinDaily, KeepWithinWeekly, KeepWithinMonthly, KeepWithinYearly Span
	// KeepOldest lets a rule that has not used up its number keep the oldest
	// candidate as well. The configuration's default is true.
	KeepOldest bool
	KeepAll    bool // keep_all is set

	MinKeep int  // at least 1: so many of the newest candidates are untouchable
	MinAge  Span // nothing younger is deleted

	// The caps. Zero: none.
	MaxAge   Span
	MaxCount int
	MaxSize  int64 // bytes of one VM

	Pins []Pin
}

// Pin is a set that is never removed.
type Pin struct {
	Key
	Reason string
}

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
	// VerifiedWithin is how long a proof of a copy counts where a local set is pruned;
	// zero: its copies are always read back.
	VerifiedWithin Span
	// PreventDestroy refuses every planned delete of its VMs at its destinations.
	PreventDestroy bool
	// FreshWithin is how young the newest complete set of each of its VMs must be
	// at each destination; zero: as old as it likes.
	FreshWithin Span
	// MaxBehind is how old a set may be that waits for its upload before status
	// shows that something is wrong with the destination.
	MaxBehind Span
}

// DefaultMaxBehind is for a run every night, and two hours for it.
var DefaultMaxBehind = Span{Hours: 26}

// Guard is what one plan may delete at most.
type Guard struct {
	// MaxShrinkPercent of the complete sets of a destination, and of each VM
	// there, may be lost; fewer than MinLoss, at least 1, may always be.
	MaxShrinkPercent int
	MinLoss          int
	MaxDeletes       *int // of one plan; nil: any number
	// MinSizePercent of the median bytes of the sets of its VM before it must a
	// set have, or it is suspicious; 0: no set is.
	MinSizePercent int
}

// DefaultGuard holds where the configuration has none.
func DefaultGuard() Guard { return Guard{MaxShrinkPercent: 30, MinLoss: 3, MinSizePercent: 50} }

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

// Destination returns the destination of that name.
func (s *Spec) Destination(name string) (Destination, bool) {
	for _, x := range s.Destinations {
		if x.Name == name {
			return x, true
		}
	}
	return Destination{}, false
}

// Policy returns the retention of that name.
func (s *Spec) Policy(name string) (Policy, bool) {
	for _, x := range s.Policies {
		if x.Name == name {
			return x, true
		}
	}
	return Policy{}, false
}
