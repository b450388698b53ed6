package lock

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

// Place is a destination that can be locked.
type Place struct {
	Name  string // in errors
	Key   string // the same for every configuration that writes there
	Store providers.Store
	Work  state.WorkDir
	// Used: somebody is known to have worked there.
	Used bool
	// Signs is what changes there as long as an apply works, besides its lock;
	// nil: nothing is known to.
	Signs func(ctx context.Context) string
}

// names lists who has left a name in the lock; a missing folder holds none.
// What systems put into every folder is no name.
func (p Place) names(ctx context.Context) ([]Holder, error) {
	files, err := p.Store.List(ctx, p.Work.Held())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("lock: %w", err)
	}
	var all []Holder
	for _, f := range files {
		if !state.IsJunk(f.Name()) {
			all = append(all, parseHolder(f.Name()))
		}
	}
	return all, nil
}

// path is where the name of h lies.
func (p Place) path(h Holder) string { return path.Join(p.Work.Held(), h.name) }

// make makes the folder of the lock; false: that was another, or nobody knows. In a root
// that was untouched just now, the folders above it are made first: to be refused for want
// of them costs more.
func (p Place) make(ctx context.Context, untouched bool) (made bool, err error) {
	locker, ok := providers.As[providers.Locker](p.Store)
	if !ok {
		return false, nil // whoever puts his name makes it
	}
	dirs := []string{p.Work.Held()}
	for dir := path.Dir(p.Work.Held()); untouched && dir != "."; dir = path.Dir(dir) {
		dirs = append(dirs, dir)
	}
	for _, dir := range slices.Backward(dirs) {
		if err = locker.MakeDir(ctx, dir); err != nil && !errors.Is(err, fs.ErrExist) {
			break
		}
	}
	switch {
	case errors.Is(err, errors.ErrUnsupported), errors.Is(err, fs.ErrExist):
		return false, nil
	case err != nil:
		return false, fmt.Errorf("lock: %w", err)
	}
	return true, nil
}

// put writes the name of h. A full place still holds empty files: what is in
// the file is for people alone.
func (p Place) put(ctx context.Context, h Holder) error {
	err := p.Store.Put(ctx, p.path(h), text("held by "+h.name+"\n"))
	if errors.Is(err, providers.ErrFull) {
		err = p.Store.Put(ctx, p.path(h), text(""))
	}
	if err != nil {
		return fmt.Errorf("lock: %w", err)
	}
	return nil
}

// remove takes a name away, if it is there.
func (p Place) remove(ctx context.Context, h Holder) error {
	if providers.CheckName(h.name) != nil {
		return fmt.Errorf("lock: %q: %w", h.name, providers.ErrName)
	}
	name := providers.File{Path: p.path(h), Kind: providers.Regular}
	if err := providers.LeanOf(p.Store).RemoveListed(ctx, name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("lock: %w", err)
	}
	return nil
}

// untouched reports whether nobody has worked there yet.
func (p Place) untouched(ctx context.Context) (bool, error) {
	if p.Used {
		return false, nil
	}
	there, err := providers.LeanOf(p.Store).Taken(ctx, string(p.Work))
	if err != nil {
		return false, fmt.Errorf("lock: %w", err)
	}
	return !there, nil
}

// fold removes the folder of the lock; and all of the work folder where that
// holds nothing else, so that a root where nothing was done stays as it was. A
// folder that is not empty is another's by now, and one that stays empty is in
// nobody's way.
func (p Place) fold(ctx context.Context, all bool) {
	for dir := p.Work.Held(); dir != "."; dir = path.Dir(dir) {
		if providers.LeanOf(p.Store).RemoveListed(ctx, providers.File{Path: dir, Kind: providers.Dir}) != nil || !all {
			return
		}
	}
}

// look is all that can be seen of whether the holders live: two looks that are
// equal saw none of them do anything.
func (p Place) look(ctx context.Context, holders []Holder) (string, error) {
	var seen strings.Builder
	for _, h := range holders {
		fmt.Fprintf(&seen, "%q", h.name)
		if providers.CheckName(h.name) != nil {
			continue
		}
		f, err := p.Store.Stat(ctx, p.path(h))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", fmt.Errorf("lock: %w", err)
		}
		fmt.Fprintf(&seen, " %d %s\n", f.Size, f.ModTime.Format(time.RFC3339Nano))
	}
	if p.Signs != nil {
		seen.WriteString(p.Signs(ctx))
	}
	return seen.String(), ctx.Err()
}

// without are the holders but for those who are h.
func without(all []Holder, h Holder) []Holder {
	return slices.DeleteFunc(slices.Clone(all), func(other Holder) bool { return other.name == h.name })
}

func has(all []Holder, h Holder) bool {
	return slices.ContainsFunc(all, func(other Holder) bool { return other.name == h.name })
}
