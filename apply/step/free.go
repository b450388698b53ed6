package step

import (
	"context"
	"fmt"
	"path"
	"time"

	"github.com/vmxsync/vmxsync/apply/remote"
	"github.com/vmxsync/vmxsync/apply/task"
	"github.com/vmxsync/vmxsync/providers"
)

// freeFor is how long a final name that was shown to be free counts as free, under the
// lock of the place.
const freeFor = time.Second

// finalFree proves that the final name of the set is free: before anything is sent, and
// before the set is renamed to it, because some servers merge two folders. It asks for the
// name itself: a truncated listing would show it as free, and the set would be sent again
// every night.
func finalFree(ctx context.Context, e task.Env) error {
	now := e.Now()
	if !e.Upload.Free.IsZero() && now.Sub(e.Upload.Free) < freeFor {
		return nil
	}
	taken, err := providers.LeanOf(e.Store).Taken(ctx, e.Final())
	if err != nil {
		return err
	}
	if !taken {
		e.Upload.Free = now
		return nil
	}
	_, listed, err := remote.Entry(ctx, e.Store, e.Final())
	switch {
	case err != nil:
		return err
	case listed:
		return fmt.Errorf("%s %w", e.Final(), remote.ErrThere)
	}
	err = fmt.Errorf("the listing of %s does not show %s, which exists: %w", path.Dir(e.Final()), path.Base(e.Final()), providers.ErrListing)
	return providers.WithHint(err, cutHint)
}

const cutHint = "The server truncates its listings: raise its limit of entries per listing, or move old files and folders out of that folder."
