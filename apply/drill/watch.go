package drill

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

// watched is a place of which a drill has to know whether files of the set were read there. A
// restore takes a file from another place where one is damaged or lost: the set is there then,
// but the copy that the drill is about was not proven.
type watched struct {
	providers.Store
	mu   sync.Mutex
	read bool  // a file of the set was asked for
	lost error // why the place could not be reached; nil if it could
}

// Unwrap is the place itself.
func (w *watched) Unwrap() providers.Store { return w.Store }

// Open opens a file, and notes that.
func (w *watched) Open(ctx context.Context, p string, offset int64) (io.ReadCloser, error) {
	r, err := w.Store.Open(ctx, p, offset)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.read = w.read || !state.IsOurs(path.Base(p))
	if errors.Is(err, providers.ErrUnreachable) || errors.Is(err, providers.ErrLogin) {
		w.lost = err
	}
	return r, err
}

// watch watches all places.
func watch(stores map[string]providers.Store) map[string]*watched {
	all := map[string]*watched{}
	for name, s := range stores {
		all[name] = &watched{Store: s}
	}
	return all
}

// helped says that other places had to help out for the one that the drill is about: a finding
// against its copy, or an error where the place was lost. Both are nil if none had to.
func helped(place string, all map[string]*watched) (finding, err error) {
	var helpers []string
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if name != place && all[name].read {
			helpers = append(helpers, name)
		}
	}
	own, open := all[place]
	switch {
	case len(helpers) == 0:
		return nil, nil
	case !open:
		return nil, fmt.Errorf("%s %w", place, providers.ErrUnreachable)
	case own.lost != nil:
		return nil, fmt.Errorf("%s was lost meanwhile: %w", place, own.lost)
	}
	return fmt.Errorf("not all of it could be restored from %s: %s had to help out", place, strings.Join(helpers, ", ")), nil
}
