package task

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/vmxsync/vmxsync/apply/event"
	"github.com/vmxsync/vmxsync/apply/journal"
	"github.com/vmxsync/vmxsync/apply/remote"
	"github.com/vmxsync/vmxsync/apply/sent"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

// Env is all that a step may know: what the plan says, the stores, and what this run has
// found out. Nothing in it can reach the run. All steps of a job have the same one.
type Env struct {
	Job
	Run    string          // the run id
	Owner  string          // the configuration that the plan belongs to
	Store  providers.Store // of the place of the job
	Source providers.Store // that the set of the change comes from; nil: none
	From   Destination     // that Source is, where the set comes from another destination

	Journal      Journal
	Sent         *sent.Book             // nil: nothing is recorded
	Block        int64                  // bytes: a larger file gets the sum of each of its blocks
	Upload       *Upload                // of the set of this job
	Learned      *Learned               // about the place of this job
	Findings     *Findings              // of all places
	Group        Group                  // of the set of this job
	Destinations map[string]Destination // that a prune counts on, by name

	Fetching chan struct{} // room for one: whoever reads one destination and writes to another

	Listed time.Time // when this run began to list
	Now    func() time.Time
	Dated  func() time.Time // as Now, by the clock that plans go by, which may be set; dates what is recorded
	Wait   func(ctx context.Context, d time.Duration) error
	Guard  func(ctx context.Context) error              // proves that the locks are held which the job needs
	Clock  func(ctx context.Context) (time.Time, error) // the time at the place of the job, as it dates files; zero: not known

	Emit     func(event.Event)
	Uploaded func(bytes int64) // is given what was sent of each file, without what was there already
}

// Journal is what a step may know of the journal.
type Journal interface {
	Of(step string) (journal.Status, journal.Result)
}

// Upload is what this run knows of an upload since its claim. Its claim writes it, and
// the steps after that read it.
type Upload struct {
	Claimed state.Claim      // the local files as they were when the upload began
	Left    map[string]int64 // files of the set that an earlier upload has left, with their sizes in bytes as listed then; negative: not as listed
	Fresh   bool             // this run has begun the staged folder

	Free          time.Time // when the final name was last shown to be free; zero: it was not
	Beside        bool      // the manifest goes straight beside the files, whose listing proves it
	ManifestBytes int64     // size of the manifest that this run wrote beside the files of a fresh upload; 0: none
	BlocksBytes   int64     // size of the block sums that it wrote before it; 0: none
	Published     bool      // this run has renamed the set to its final name
	Trashed       bool      // this run has moved the set to trash
	Marked        bool      // this run has marked the set for deletion
}

// Group is what the plan says of the sets of one VM at a destination.
type Group struct {
	Saw       Saw                    // all that the plan saw of them
	MinKeep   *int                   // how many must be kept; nil: the plan does not state it
	Deletions []Deletion             // what the plan deletes of what it saw
	Kept      map[string]state.State // sets that the plan keeps, by address
	InFull    bool                   // the set of the job is destroyed by its full address
}

// Deletion is a set that the plan deletes.
type Deletion struct {
	Stamp  state.Stamp
	Step   string // the id of the step after which it no longer counts
	SHA256 string // of the set, as the plan saw it
}

// Destination is a place with copies of a set at a source.
type Destination struct {
	Place diff.Place
	Store providers.Store // nil: it is not open
	Err   error           // why it, or the group of the set there, could not be read
}

// Task is one step with all that it may know.
type Task struct {
	Env
	Step diff.Step
}

// AbsentAlready reports that what a step should delete was already absent, though no
// earlier run can have deleted it.
func (t Task) AbsentAlready(was journal.Status) {
	if was == journal.Never {
		t.Remark("%s was already absent: something else deleted it after this plan was made.", t.Step.From)
	}
}

// Remark reports something that is not a failure, but that a person may ask about
// later.
func (e Env) Remark(format string, args ...any) {
	e.Emit(event.Remark{Address: e.Address, Text: providers.Escape(fmt.Sprintf(format, args...))})
}

// Warn is Remark for what a person should look at.
func (e Env) Warn(format string, args ...any) {
	e.Emit(event.Remark{Address: e.Address, Text: providers.Escape(fmt.Sprintf(format, args...)), Warn: true})
}

// Removed treats a deletion that did all it may as a success, with a warning that names
// what remains.
func (e Env) Removed(err error) error {
	if left, ok := errors.AsType[*remote.LeftBehind](err); ok {
		e.Warn("%v. Check what they are and delete them by hand.", left)
		return nil
	}
	return err
}
