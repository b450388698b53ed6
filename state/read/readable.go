package read

import (
	"context"
	"errors"
	"io/fs"
	"path"
	"slices"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/parallel"
	"github.com/vmxsync/vmxsync/state"
)

// CheckReadable opens each file of a set of a source, reads nothing of it, and
// returns the set: as it was, or unreadable for the first file that cannot be
// opened. A file that is gone, or that another program has in use, is for the
// upload to judge.
func CheckReadable(ctx context.Context, store providers.Store, s state.Set) state.Set {
	for _, f := range s.Files {
		r, err := store.Open(ctx, path.Join(s.Path, f.Path), 0)
		switch {
		case err == nil:
			r.Close()
		case ctx.Err() != nil:
			return s
		case errors.Is(err, fs.ErrNotExist), errors.Is(err, providers.ErrInUse):
		default:
			s.State, s.Problem, s.Hint = state.Unreadable, err.Error(), providers.Hint(err)
			return s
		}
	}
	return s
}

// CheckAllReadable is CheckReadable for sets of one source, which come back in
// the same order.
func CheckAllReadable(ctx context.Context, store providers.Store, sets []state.Set) []state.Set {
	checked := slices.Clone(sets)
	parallel.All(ctx, store.Traits().Sessions, len(checked), func(i int) { checked[i] = CheckReadable(ctx, store, checked[i]) })
	return checked
}
