package preflight

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"sync"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/read"
)

// snapshot is a store that lists each folder once. The groups of a place are read as of
// one moment and share the root and the staging folder: one listing of these is enough
// for all. It is used for one preflight, and never to prove anything after it. Listings
// that failed are asked for again, but for folders that are missing.
type snapshot struct {
	providers.Store
	mu       sync.Mutex
	listings map[string]*listing
}

// listing is one folder. Its mutex is held while it is being listed.
type listing struct {
	mu      sync.Mutex
	whole   bool
	files   []providers.File
	missing error // that the folder is missing; nil: it is there
}

func newSnapshot(store providers.Store, work state.WorkDir) *snapshot {
	return &snapshot{Store: read.NewAbsences(store, ".", string(work)), listings: map[string]*listing{}}
}

// Unwrap lets providers.As find what the store can do besides.
func (s *snapshot) Unwrap() providers.Store { return s.Store }

func (s *snapshot) List(ctx context.Context, dir string) ([]providers.File, error) {
	l := s.of(dir)
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.whole {
		files, err := s.Store.List(ctx, dir)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return files, err
		}
		l.files, l.missing, l.whole = files, err, true
	}
	return slices.Clone(l.files), l.missing
}

func (s *snapshot) of(dir string) *listing {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.listings[dir] == nil {
		s.listings[dir] = &listing{}
	}
	return s.listings[dir]
}
