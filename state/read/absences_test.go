package read_test

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"slices"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/mem"
	"github.com/vmxsync/vmxsync/state/read"
)

// asked is a store that notes the paths that it was asked for.
type asked struct {
	providers.Store
	paths []string
}

func (a *asked) List(ctx context.Context, dir string) ([]providers.File, error) {
	a.paths = append(a.paths, dir)
	return a.Store.List(ctx, dir)
}

func (a *asked) Stat(ctx context.Context, p string) (providers.File, error) {
	a.paths = append(a.paths, p)
	return a.Store.Stat(ctx, p)
}

func (a *asked) Open(ctx context.Context, p string, offset int64) (io.ReadCloser, error) {
	a.paths = append(a.paths, p)
	return a.Store.Open(ctx, p, offset)
}

func TestAbsences_asksForNothingInAFolderThatIsMissing(t *testing.T) {
	below := &asked{Store: mem.New(time.Now)}
	store, ctx := read.NewAbsences(below), t.Context()
	ask := func(p string) []error {
		_, listed := store.List(ctx, p)
		_, looked := store.Stat(ctx, p)
		_, opened := store.Open(ctx, p, 0)
		return []error{listed, looked, opened}
	}
	if _, err := store.List(ctx, "a/b"); !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("got %v, want fs.ErrNotExist", err)
	}
	for _, p := range []string{"a/b", "a/b/c", "a/b/c/d"} {
		for _, err := range ask(p) {
			if !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("%s: got %v, want fs.ErrNotExist", p, err)
			}
		}
	}
	if want := []string{"a/b"}; !slices.Equal(below.paths, want) {
		t.Errorf("%q were asked for, want %q", below.paths, want)
	}
	for _, p := range []string{"a/bb", "a", "."} {
		ask(p)
	}
	if want := []string{"a/b", "a/bb", "a", ".", ".", "."}; !slices.Equal(below.paths, want) {
		t.Errorf("%q were asked for, want %q", below.paths, want)
	}
}

// A refusal to list is no absence.
func TestAbsences_believesAbsenceAlone(t *testing.T) {
	store := read.NewAbsences(refusing{mem.New(time.Now)})
	if _, err := store.List(t.Context(), "a"); !errors.Is(err, fs.ErrPermission) {
		t.Fatalf("got %v, want fs.ErrPermission", err)
	}
	if _, err := store.Stat(t.Context(), "a/b"); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("got %v, want fs.ErrPermission", err)
	}
}

// refusing shows nothing, and says that it is not allowed.
type refusing struct{ providers.Store }

func (refusing) List(context.Context, string) ([]providers.File, error) { return nil, fs.ErrPermission }

func (refusing) Stat(context.Context, string) (providers.File, error) {
	return providers.File{}, fs.ErrPermission
}
