package step

import (
	"github.com/vmxsync/vmxsync/apply/task"
	"github.com/vmxsync/vmxsync/diff"
)

// NeedsGuard reports whether the locks have to be seen just before a step is done: before
// each that publishes, deletes, or gives a root another owner. Of the others the lock's
// beat knows soon enough, which looks every 15 s: those that send, and those that end what
// a guarded step of the same job has just begun.
func NeedsGuard(op diff.Op, e task.Env) bool {
	switch op {
	case diff.OpPut:
		return false
	case diff.OpClaim:
		return false // it asks before it deletes anything
	case diff.OpManifest:
		return !e.Upload.Beside
	case diff.OpRelease:
		return !e.Upload.Published
	case diff.OpPurge:
		return !e.Upload.Trashed
	}
	return true
}
