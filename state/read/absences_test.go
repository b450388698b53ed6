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

// holding is a place with a folder, and with one that no listing shows.
func holding(t *testing.T) *asked {
	t.Helper()
	below := mem.New(time.Now)
	for _, p := range []string{"shown/file", "hidden/sub/file"} {
		below.Plant(providers.File{Path: p}, nil)
	}
	return &asked{Store: concealing{below}}
}

// concealing lists a root without some folder.
type concealing struct{ providers.Store }

func (c concealing) List(ctx context.Context, dir string) ([]providers.File, error) {
	files, err := c.Store.List(ctx, dir)
	return slices.DeleteFunc(files, func(f providers.File) bool { return f.Path == "hidden" }), err
}

// A folder that the listing of the root lacks is asked for by its name, once.
func TestAbsences_asksOnceForAFolderThatIsNotShown(t *testing.T) {
	below := holding(t)
	store, ctx := read.NewAbsences(below, "."), t.Context()
	if _, err := store.List(ctx, "."); err != nil {
		t.Fatal(err)
	}
	for _, p := range []string{"absent/a", "absent/b/c"} {
		if _, err := store.Open(ctx, p, 0); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: got %v, want fs.ErrNotExist", p, err)
		}
	}
	if _, err := store.List(ctx, "absent"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v, want fs.ErrNotExist", err)
	}
	for _, p := range []string{"hidden/sub/file", "shown/file"} {
		if _, err := store.Stat(ctx, p); err != nil {
			t.Errorf("%s: %v", p, err)
		}
	}
	if files, err := store.List(ctx, "hidden/sub"); err != nil || len(files) != 1 {
		t.Errorf("a folder that is not shown: got %v, %v", files, err)
	}
	if want := []string{".", "absent", "hidden", "hidden/sub/file", "shown/file", "hidden/sub"}; !slices.Equal(below.paths, want) {
		t.Errorf("%q were asked for, want %q", below.paths, want)
	}
}

// What a listing shows in part, or in other letters, is asked for as if it had not been listed.
func TestAbsences_believesNoListingThatMayHide(t *testing.T) {
	below := &asked{Store: mem.New(time.Now)}
	store, ctx := read.NewAbsences(partly{below}, "."), t.Context()
	if _, err := store.List(ctx, "."); err == nil {
		t.Fatal("no error")
	}
	if _, err := store.Open(ctx, "a/b", 0); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v, want fs.ErrNotExist", err)
	}
	if want := []string{"a/b"}; !slices.Equal(below.paths, want) {
		t.Errorf("%q were asked for, want %q", below.paths, want)
	}
	below = holding(t)
	store = read.NewAbsences(below, ".")
	if _, err := store.List(ctx, "."); err != nil {
		t.Fatal(err)
	}
	_, _ = store.Open(ctx, "Shown/file", 0)
	if want := []string{".", "Shown/file"}; !slices.Equal(below.paths, want) {
		t.Errorf("%q were asked for, want %q", below.paths, want)
	}
}

// partly lists what it did not understand.
type partly struct{ providers.Store }

func (partly) List(context.Context, string) ([]providers.File, error) {
	return nil, &providers.PartialListing{}
}
