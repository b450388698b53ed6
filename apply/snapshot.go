package apply

import (
	"context"
	"slices"
	"sync"

	"github.com/vmxsync/vmxsync/providers"
)

// snapshot is a store of which each folder is listed once. The groups of a place
// are surveyed as of one moment, and have the root and the staging folder in
// common: one listing of these speaks for all. It is used for one survey, and never
// to prove what comes after that. Listings that failed are asked for again.
type snapshot struct {
	providers.Store
	mu       sync.Mutex
	listings map[string]*listing
}

// listing is one folder. Its mutex is held while it is being listed.
type listing struct {
	mu    sync.Mutex
	whole bool
	files []providers.File
}

func newSnapshot(store providers.Store) *snapshot {
	return &snapshot{Store: store, listings: map[string]*listing{}}
}

// Unwrap lets providers.As find what the store can do besides.
func (s *snapshot) Unwrap() providers.Store { return s.Store }

func (s *snapshot) List(ctx context.Context, dir string) ([]providers.File, error) {
	l := s.of(dir)
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.whole {
		files, err := s.Store.List(ctx, dir)
		if err != nil {
			return files, err
		}
		l.files, l.whole = files, true
	}
	return slices.Clone(l.files), nil
}

func (s *snapshot) of(dir string) *listing {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.listings[dir] == nil {
		s.listings[dir] = &listing{}
	}
	return s.listings[dir]
}
