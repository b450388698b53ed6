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
	"github.com/vmxsync/vmxsync/state"
)

// Absences is a store for one look at a place: a folder that its listing has shown to be
// missing is not asked for again, nor what would lie in it. One that the listing of its
// parent does not show is asked for by its name alone. What appears there meanwhile is found
// by the next look.
type Absences struct {
	providers.Store
	mu      sync.Mutex
	missing map[string]bool
	there   map[string]bool            // folders that are there, and were not shown
	shown   map[string]map[string]bool // names, folded, by parent; nil: not listed whole
}

// NewAbsences knows nothing yet. It remembers the listings of parents.
func NewAbsences(store providers.Store, parents ...string) *Absences {
	a := &Absences{Store: store, missing: map[string]bool{}, there: map[string]bool{}, shown: map[string]map[string]bool{}}
	for _, dir := range parents {
		a.shown[dir] = nil
	}
	return a
}

// Unwrap lets providers.As find what the store can do besides.
func (a *Absences) Unwrap() providers.Store { return a.Store }

// List notes a folder that is missing.
func (a *Absences) List(ctx context.Context, dir string) ([]providers.File, error) {
	if err := a.without(ctx, dir, dir); err != nil {
		return nil, err
	}
	files, err := a.Store.List(ctx, dir)
	a.mu.Lock()
	defer a.mu.Unlock()
	if errors.Is(err, fs.ErrNotExist) && dir != "." {
		a.missing[dir] = true
	}
	if _, isParent := a.shown[dir]; isParent && err == nil {
		a.shown[dir] = foldedNames(files)
	}
	return files, err
}

func foldedNames(files []providers.File) map[string]bool {
	names := map[string]bool{}
	for _, f := range files {
		names[state.Folded(f.Name())] = true
	}
	return names
}

// Stat asks unless the path lies in a folder that is missing.
func (a *Absences) Stat(ctx context.Context, p string) (providers.File, error) {
	if err := a.without(ctx, p, path.Dir(p)); err != nil {
		return providers.File{}, err
	}
	return a.Store.Stat(ctx, p)
}

// Open asks unless the path lies in a folder that is missing.
func (a *Absences) Open(ctx context.Context, p string, offset int64) (io.ReadCloser, error) {
	if err := a.without(ctx, p, path.Dir(p)); err != nil {
		return nil, err
	}
	return a.Store.Open(ctx, p, offset)
}

// without is the error of a path that is a missing folder, or lies in one. dir is the last
// folder on the way to it.
func (a *Absences) without(ctx context.Context, p, dir string) error {
	if err := a.lacks(p); err != nil {
		return err
	}
	unshown := a.unshown(dir)
	if unshown == "" {
		return nil
	}
	there, err := providers.LeanOf(a.Store).Taken(ctx, unshown)
	if err != nil && !errors.Is(err, fs.ErrPermission) {
		return err
	}
	there = there || err != nil // nobody knows
	a.mu.Lock()
	a.there[unshown], a.missing[unshown] = there, !there
	a.mu.Unlock()
	return a.lacks(p)
}

// lacks is the error of a path that is known to be missing.
func (a *Absences) lacks(p string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	for dir := p; dir != "." && dir != "/"; dir = path.Dir(dir) {
		if a.missing[dir] {
			return fmt.Errorf("%s: %w", dir, fs.ErrNotExist)
		}
	}
	return nil
}

// unshown is the folder on the way to dir, or dir, that the listing of its parent does not
// show and that was not asked for yet; "" if there is none.
func (a *Absences) unshown(dir string) (first string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for ; dir != "." && dir != "/"; dir = path.Dir(dir) {
		if names := a.shown[path.Dir(dir)]; names != nil && !names[state.Folded(path.Base(dir))] && !a.there[dir] {
			first = dir
		}
	}
	return first
}
