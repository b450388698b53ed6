package step

import (
	"context"

	"github.com/vmxsync/vmxsync/apply/task"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
	"github.com/vmxsync/vmxsync/state/known"
)

// publishing is how a destination gives an uploaded set its final name: byRename or
// inPlace. Besides these two, no step asks which one it is.
type publishing interface {
	// sendTo is the folder that an upload sends its files to.
	sendTo() string
	// where names that folder in errors.
	where() string
	// moves is what has to be renamed from one folder into another.
	moves() known.Moves
	// claimed reports whether a claim is that of an upload which is published so.
	claimed(c *state.Claim) bool
	// vacant proves that the final name has no set that a new claim would take for its own
	// parts, or that the old claim governs.
	vacant(ctx context.Context, staged state.Staged) error
	// unfinished proves that no other apply has made the set whole meanwhile, but for the
	// run with the digest expect.
	unfinished(staged state.Staged, expect string) error
	// left are the files that an earlier upload has left.
	left(ctx context.Context, staged state.Staged) ([]state.File, error)
	// unseal deletes the manifest of a set that was complete once, and has lost files since.
	unseal(ctx context.Context) error
	// vacate deletes from the final name what the upload has sent there.
	vacate(ctx context.Context) error
}

// publishingOf is how the destination of a job publishes.
func publishingOf(e task.Env) publishing {
	if e.Place.Publish == config.InPlace {
		return inPlace{e}
	}
	return byRename{e}
}

// sendTo is the folder that the upload of the job sends its files to.
func sendTo(e task.Env) string { return publishingOf(e).sendTo() }

// Moves is what has to be renamed from one folder into another to publish the set of the
// job.
func Moves(e task.Env) known.Moves { return publishingOf(e).moves() }
