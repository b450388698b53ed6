package read

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"sync"

	"github.com/vmxsync/vmxsync/providers"
)

// Absences is a store for one look at a place: a folder that its listing has shown to be
// missing is not asked for again, nor what would lie in it. What appears there meanwhile is
// found by the next look.
type Absences struct {
	providers.Store
	mu      sync.Mutex
	missing map[string]bool
}

// NewAbsences knows nothing yet.
func NewAbsences(store providers.Store) *Absences {
	return &Absences{Store: store, missing: map[string]bool{}}
}

// Unwrap lets providers.As find what the store can do besides.
func (a *Absences) Unwrap() providers.Store { return a.Store }

// List notes a folder that is missing.
func (a *Absences) List(ctx context.Context, dir string) ([]providers.File, error) {
	if err := a.without(dir); err != nil {
		return nil, err
	}
	files, err := a.Store.List(ctx, dir)
	if errors.Is(err, fs.ErrNotExist) && dir != "." {
		a.mu.Lock()
		defer a.mu.Unlock()
		a.missing[dir] = true
	}
	return files, err
}

// Stat asks unless the path lies in a folder that is missing.
func (a *Absences) Stat(ctx context.Context, p string) (providers.File, error) {
	if err := a.without(p); err != nil {
		return providers.File{}, err
	}
	return a.Store.Stat(ctx, p)
}

// Open asks unless the path lies in a folder that is missing.
func (a *Absences) Open(ctx context.Context, p string, offset int64) (io.ReadCloser, error) {
	if err := a.without(p); err != nil {
		return nil, err
	}
	return a.Store.Open(ctx, p, offset)
}

// without is the error of a path that is a missing folder, or lies in one.
func (a *Absences) without(p string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.missing) == 0 {
		return nil
	}
	for dir := p; dir != "." && dir != "/"; dir = path.Dir(dir) {
		if a.missing[dir] {
			return fmt.Errorf("%s: %w", dir, fs.ErrNotExist)
		}
	}
	return nil
}
