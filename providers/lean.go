package providers

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
)

// Lean is a place for a caller that proves by listings of its own what its calls have
// done, and needs no times: each call asks the place as little as it can. It keeps the law
// of Store, but that the files of its listings may have no times, and for what its own
// methods say.
type Lean interface {
	Store
	// Taken reports whether anything is at a path, by asking for the path itself: a
	// listing may be cut. It may follow a link, and miss what is no folder.
	Taken(ctx context.Context, path string) (bool, error)
	// SizeOf is the size of a file in bytes, by asking for the file itself. A missing one is
	// fs.ErrNotExist.
	SizeOf(ctx context.Context, path string) (int64, error)
	// RemoveListed is Remove of what a listing has just shown, with its kind.
	RemoveListed(ctx context.Context, f File) error
	// RemoveEmptied is Remove of a folder that the caller has just emptied. It is not
	// listed before, so what has appeared in it since may be lost: some servers remove
	// a folder with all that is in it.
	RemoveEmptied(ctx context.Context, path string) error
	// RenameToFree is Rename to a name that was just shown to be free. It does not look
	// for what may have taken it since: a file there may be replaced.
	RenameToFree(ctx context.Context, from, to string) error
}

// LeanOf returns the lean view of a place. A place that has none of its own is asked by
// the calls of Store.
func LeanOf(s Store) Lean {
	if l, ok := s.(interface{ Lean() Lean }); ok {
		return l.Lean()
	}
	return thorough{s}
}

// thorough is the lean view of a place that knows no shorter way.
type thorough struct{ Store }

func (t thorough) Lean() Lean    { return t }
func (t thorough) Unwrap() Store { return t.Store }

func (t thorough) Taken(ctx context.Context, path string) (bool, error) {
	_, err := t.Stat(ctx, path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

func (t thorough) SizeOf(ctx context.Context, path string) (int64, error) {
	f, err := t.Stat(ctx, path)
	if err == nil && f.Kind != Regular {
		err = fmt.Errorf("%s is not a regular file (%s)", path, f.Kind)
	}
	return f.Size, err
}

func (t thorough) RemoveListed(ctx context.Context, f File) error { return t.Remove(ctx, f.Path) }

func (t thorough) RemoveEmptied(ctx context.Context, path string) error { return t.Remove(ctx, path) }

func (t thorough) RenameToFree(ctx context.Context, from, to string) error {
	return t.Rename(ctx, from, to)
}
