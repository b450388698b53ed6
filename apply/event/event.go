package event

import (
	"time"

	"github.com/vmxsync/vmxsync/apply/outcome"
	"github.com/vmxsync/vmxsync/diff"
)

// Event is something that happened during an apply: one of the types below. The log
// and JSON print its name and its fields. Texts in it may hold hostile names.
type Event interface {
	Name() string
	Fields() []Field
}

// Started: the checks are done, the work begins.
type Started struct {
	Changes  int
	Cleanups int
	Bytes    int64 // to upload, of all changes
}

// ChangeStarted: the first step of a change is next, or of a cleanup or the
// claiming of a root, which have no Action.
type ChangeStarted struct {
	Address string
	Action  diff.Action
	Bytes   int64
	Sends   bool // files are sent for it: Bytes are part of those of Started
	Earlier bool // an earlier run did all of it
}

// Progress: more of a file has been read for sending. Sent falls back where a
// store starts a file again.
type Progress struct {
	Address string
	Path    string // from the folder of the set
	Sent    int64
	Size    int64
	Kept    int64 // how much at its begin was at the destination already, and is read for the sum alone
}

// Comparing: more of a file at a source has been read, to compare its checksum with
// those of its copies before it is deleted.
type Comparing struct {
	Address string
	Path    string // from the folder of the set
	Read    int64
	Size    int64
}

// Scarce: a destination has less free space than the uploads need.
type Scarce struct {
	Place string
	Free  int64 // bytes
	Need  int64
}

// Skewed: the clock of a destination differs from ours.
type Skewed struct {
	Place string
	By    time.Duration // positive where it is ahead
}

// Waiting: a set is published only when no abandoned upload can write into it any more.
type Waiting struct {
	Address string
	For     time.Duration
}

// Locked: this apply waits for another one that holds the lock of a destination (Err is
// a *lock.HeldError), or it could not release its own lock.
type Locked struct {
	Destination string
	Err         error
}

// Unrecorded: the record of what is complete at a destination, or about to be deleted
// there, could not be written.
type Unrecorded struct {
	Destination string
	Err         error
}

// StepDone: one step is done, or was found done.
type StepDone struct {
	Address string
	Step    string
	Op      diff.Op
	Path    string // of the file that the step sends, from the folder of the set
	Bytes   int64  // of that file
}

// ChangeDone: all steps of what ChangeStarted named are done.
type ChangeDone struct {
	Address string
	Action  diff.Action
	Bytes   int64
	Earlier bool // an earlier run did all of it
}

// Failed: a change, a cleanup or the claiming of a root failed.
type Failed struct {
	Address string
	Err     error
}

// Cancelled: a change is not done, because one that it needs failed.
type Cancelled struct {
	Address string
	Err     error // wraps ErrCancelled
}

// Skipped: a set is kept at its source because another program has it open.
type Skipped struct {
	Address string
	Err     error
}

// Postponed: a set stays as it is until a later apply, because a restore reads it, or one
// that its change follows.
type Postponed struct {
	Address string
	Err     error
}

// Remark: something about a change or a cleanup that a person should look at, although
// it is not a failure.
type Remark struct {
	Address string
	Text    string // whole sentences, escaped
	Warn    bool   // a person has to act
}

// Finished: no step is running any more, and none will.
type Finished struct{ Result outcome.Result }

// Restoring: the files of a set are fetched next, into a folder below the target.
type Restoring struct {
	Address string
	Folder  string
	Bytes   int64
}

// Fetching: more of a file of a set is there. Received falls back where a file does not fit
// and is read again.
type Fetching struct {
	Address  string
	Path     string // from the folder of the set
	Received int64
	Size     int64
	Kept     int64 // of that, what was there before
	Done     bool  // it is there, and proven
}

// Restored: all files of a set are there, and proven.
type Restored struct {
	Address   string
	Folder    string
	Bytes     int64
	Unchanged bool // they were there before
}

// RestoreEnded: no set is being restored any more.
type RestoreEnded struct {
	Sets    int // that are there now
	Failed  int
	Fetched int64 // bytes
	Kept    int64
	Elapsed time.Duration
}

// Verifying: the files of a copy are proven next.
type Verifying struct {
	Address string
	Bytes   int64
}

// VerifyEnded: what an apply had to read back is read, as far as its budget goes.
type VerifyEnded struct {
	Proven  int // sets, now or recently enough
	Bad     int // that do not match their manifests
	Unasked int // that could not be asked
	Later   int // that were not reached, or not to the end
	Read    int64
	Elapsed time.Duration
}

// Verified: all of a copy was asked that could be.
type Verified struct {
	Address string
	Verdict string // of package apply/verify: "ok", "sum", "later", ...
	Files   int
}
