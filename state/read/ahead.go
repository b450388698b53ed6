package read

import (
	"context"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/parallel"
)

// aheadFrom is how many folders have to be listed before it is worth while to ask for several
// at once; and atOnce how many these are.
const (
	aheadFrom = 32
	atOnce    = 4
)

// eachListed gives do each of the folders, by number, with a place whose listing of it may be
// known already: where a place can list several at once, they are listed in fewer round trips.
func eachListed(ctx context.Context, store providers.Store, dirs []string, do func(i int, store providers.Store)) {
	width := store.Traits().Sessions
	ahead, ok := providers.As[providers.Ahead](store)
	if !ok || len(dirs) < max(aheadFrom, 2*width) {
		parallel.All(ctx, width, len(dirs), func(i int) { do(i, store) })
		return
	}
	each := min(atOnce, len(dirs)/width)
	parallel.All(ctx, width, (len(dirs)+each-1)/each, func(n int) {
		from := n * each
		group := dirs[from:min(from+each, len(dirs))]
		for i, entries := range ahead.ListAhead(ctx, group) {
			do(from+i, listed{store, group[i], entries})
		}
	})
}

// listed is a place with a folder that was listed; nil entries: it was not.
type listed struct {
	providers.Store
	dir     string
	entries []providers.File
}

func (l listed) Unwrap() providers.Store { return l.Store }

func (l listed) List(ctx context.Context, dir string) ([]providers.File, error) {
	if dir == l.dir && l.entries != nil {
		return l.entries, ctx.Err()
	}
	return l.Store.List(ctx, dir)
}
