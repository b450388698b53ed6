package source

import (
	"context"
	"io"
	"path"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

// copied is a destination from which one set is read as from a source: its files are dated as
// they were at their source, which is how the plan names them.
type copied struct {
	providers.Store
	files map[string]state.File // of the plan, by their path from the root
}

// Copy reads the set in that folder of a destination. Files are those of the plan.
func Copy(store providers.Store, dir string, files []state.File) providers.Store {
	c := copied{store, map[string]state.File{}}
	for _, f := range files {
		c.files[path.Join(dir, f.Path)] = f
	}
	return c
}

func (c copied) List(ctx context.Context, dir string) ([]providers.File, error) {
	entries, err := c.Store.List(ctx, dir)
	for i, e := range entries {
		entries[i] = c.dated(e)
	}
	return entries, err
}

func (c copied) Stat(ctx context.Context, p string) (providers.File, error) {
	f, err := c.Store.Stat(ctx, p)
	return c.dated(f), err
}

// dated is a file with the time that the plan has of it. What was written there since shows by
// its size, and by the checksum of what is read. That nothing was written proves nothing: what
// an earlier reading has sent may be what the place delivered, and not what it holds.
func (c copied) dated(f providers.File) providers.File {
	if want, planned := c.files[f.Path]; planned {
		f.ModTime, f.Changed = want.ModTime, ""
	}
	return f
}

// Lost is a destination that a set was to be read from, and that cannot be reached.
func Lost(err error) providers.Store { return lost{err: err} }

type lost struct {
	providers.Store
	err error
}

func (l lost) List(context.Context, string) ([]providers.File, error) { return nil, l.err }

func (l lost) Stat(context.Context, string) (providers.File, error) {
	return providers.File{}, l.err
}

func (l lost) Open(context.Context, string, int64) (io.ReadCloser, error) { return nil, l.err }

func (l lost) Traits() providers.Traits { return providers.Traits{} }
