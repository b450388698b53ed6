package step

import (
	"context"
	"fmt"
	"path"
	"slices"
	"time"

	"github.com/vmxsync/vmxsync/apply/remote"
	"github.com/vmxsync/vmxsync/apply/task"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/read"
)

// BeingReadError: a restore reads the set, which has to stay where it is until that has
// ended.
type BeingReadError struct{ Mark state.ReadMark }

func (e *BeingReadError) Error() string {
	return fmt.Sprintf("it is being restored (%s)", providers.Escape(e.Mark.Who()))
}

// NotRead proves that no restore reads the set that a step is about to delete or to move. The
// error is a BeingReadError if one does.
func NotRead(ctx context.Context, s diff.Step, e task.Env) error {
	k, takes := takes(s, e)
	if !takes {
		return nil
	}
	marks, err := e.Learned.Marks(e.Now, func() ([]read.Mark, error) { return liveMarks(ctx, e) })
	if err != nil {
		return err
	}
	for _, m := range marks {
		if m.Reads(k) {
			return &BeingReadError{m.ReadMark}
		}
	}
	return nil
}

// takes returns the set that a step takes away from who reads it, if it does: at its final
// name or in trash. What this run has moved to trash itself was not read then.
func takes(s diff.Step, e task.Env) (state.Key, bool) {
	if e.Place.Role != diff.DestinationRole {
		return state.Key{}, false
	}
	switch s.Op {
	case diff.OpTrash, diff.OpMarkDelete, diff.OpAside:
		return e.Key, true
	case diff.OpPurge, diff.OpReturn:
		k, _, _, err := state.ParseTrash(path.Base(s.From))
		return k, err == nil && !e.Upload.Trashed && path.Dir(s.From) == e.Place.WorkDir.Trash()
	}
	return state.Key{}, false
}

// liveMarks are the marks of restores that have not ended. Most places have none, which the
// listing of our own folder shows.
func liveMarks(ctx context.Context, e task.Env) ([]read.Mark, error) {
	folder, err := workFolder(ctx, e)
	if err != nil {
		return nil, err
	}
	if some, err := folder.Has(path.Base(e.Place.WorkDir.Reading())); !some && err == nil {
		return nil, nil
	}
	all, err := read.Marks(ctx, e.Store, e.Place.WorkDir)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	there, err := e.Clock(ctx)
	if err != nil {
		return nil, err
	}
	live := slices.DeleteFunc(slices.Clone(all), func(m read.Mark) bool { return !m.Lives(m.Written, there, e.Now()) })
	for _, m := range all {
		if !m.Written.IsZero() && there.Sub(m.Written) > forgotten {
			_ = providers.LeanOf(e.Store).RemoveListed(ctx, m.File) // else it is read, and ignored, the next time
		}
	}
	return live, nil
}

// forgotten is the age at which the mark of a restore that died is cleaned up.
const forgotten = 24 * time.Hour

// workFolder is our own folder at the place of a job.
func workFolder(ctx context.Context, e task.Env) (remote.Folder, error) {
	return e.Learned.Work(e.Now, func() (remote.Folder, error) { return remote.ListFolder(ctx, e.Store, string(e.Place.WorkDir)) })
}
