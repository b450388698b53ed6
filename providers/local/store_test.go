package local_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/local"
	"github.com/vmxsync/vmxsync/providers/providertest"
)

func TestStore_keepsTheLaw(t *testing.T) {
	open := func(t *testing.T) providers.Store { return open(t, t.TempDir(), 4) }
	providertest.Run(t, open, providertest.NoLeaks())
}

func TestStore_keepsTheLawWithOneConnection(t *testing.T) {
	open := func(t *testing.T) providers.Store { return open(t, t.TempDir(), 1) }
	providertest.Run(t, open, providertest.NoLeaks(), providertest.Entries(10))
}

func open(t *testing.T, dir string, connections int) *local.Store {
	t.Helper()
	store, err := local.Open(t.Context(), &local.Settings{Path: dir, Connections: connections})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	return store
}

// A file that is sent to a slow destination stays open: nobody else waits for that.
func TestOpen_readerThatIsNotReadHoldsUpNoCall(t *testing.T) {
	root := t.TempDir()
	write(t, filepath.Join(root, "a"), "first")
	write(t, filepath.Join(root, "b"), "second")
	store := open(t, root, 1)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for _, name := range []string{"a", "b"} {
		r, err := store.Open(ctx, name, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
	}
	if _, err := store.List(ctx, "."); err != nil {
		t.Error(err)
	}
}

// linked is a root with a file, a folder, and links to both and to a folder
// outside.
func linked(t *testing.T) (root, outside string) {
	t.Helper()
	root, outside = t.TempDir(), t.TempDir()
	write(t, filepath.Join(outside, "precious"), "precious")
	write(t, filepath.Join(root, "file"), "text")
	write(t, filepath.Join(root, "dir", "in"), "in")
	for name, target := range map[string]string{"to-file": "file", "to-dir": "dir", "to-outside": outside} {
		link(t, target, filepath.Join(root, name))
	}
	return root, outside
}

// link makes a link where that can be done. wine says so and makes none.
func link(t *testing.T, target, path string) {
	t.Helper()
	if err := os.Symlink(target, path); err != nil {
		t.Skip(err)
	}
	if _, err := os.Lstat(path); err != nil {
		t.Skip(err)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

func wantText(t *testing.T, path, want string) {
	t.Helper()
	if got, err := os.ReadFile(path); err != nil || string(got) != want {
		t.Errorf("%s: got %q, %v, want %q", path, got, err, want)
	}
}

func TestList_showsLinksAsLinks(t *testing.T) {
	root, _ := linked(t)
	files, err := open(t, root, 1).List(t.Context(), ".")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]providers.Kind{
		"file": providers.Regular, "dir": providers.Dir,
		"to-file": providers.Link, "to-dir": providers.Link, "to-outside": providers.Link,
	}
	for _, f := range files {
		if f.Kind != want[f.Path] {
			t.Errorf("%s: got %q, want %q", f.Path, f.Kind, want[f.Path])
		}
	}
	if len(files) != len(want) {
		t.Errorf("got %d entries, want %d", len(files), len(want))
	}
}

func TestLinks_areNeverFollowed(t *testing.T) {
	root, outside := linked(t)
	store, ctx := open(t, root, 1), t.Context()
	_, listDir := store.List(ctx, "to-dir")
	_, listOutside := store.List(ctx, "to-outside")
	_, openLink := store.Open(ctx, "to-file", 0)
	_, openBelow := store.Open(ctx, "to-dir/in", 0)
	for did, err := range map[string]error{
		"list a link to a folder": listDir,
		"list a link outside":     listOutside,
		"open a link":             openLink,
		"open below a link":       openBelow,
		"put onto a link":         store.Put(ctx, "to-file", providertest.Text("new")),
		"put below a link":        store.Put(ctx, "to-dir/new", providertest.Text("new")),
		"put outside":             store.Put(ctx, "to-outside/new", providertest.Text("new")),
		"rename below a link":     store.Rename(ctx, "file", "to-dir/file"),
		"rename from outside":     store.Rename(ctx, "to-outside/precious", "stolen"),
		"remove below a link":     store.Remove(ctx, "to-dir/in"),
		"remove outside":          store.Remove(ctx, "to-outside/precious"),
	} {
		if err == nil {
			t.Errorf("%s: got no error", did)
		}
	}
	wantText(t, filepath.Join(root, "file"), "text")
	wantText(t, filepath.Join(root, "dir", "in"), "in")
	wantText(t, filepath.Join(outside, "precious"), "precious")
}

func TestRemove_takesTheLinkAndNotItsTarget(t *testing.T) {
	root, outside := linked(t)
	store := open(t, root, 1)
	for _, link := range []string{"to-file", "to-dir", "to-outside"} {
		if err := store.Remove(t.Context(), link); err != nil {
			t.Error(err)
		}
	}
	wantText(t, filepath.Join(root, "dir", "in"), "in")
	wantText(t, filepath.Join(outside, "precious"), "precious")
}

func TestRename_refusesALinkThatLeadsNowhere(t *testing.T) {
	root := t.TempDir()
	write(t, filepath.Join(root, "file"), "text")
	link(t, "nowhere", filepath.Join(root, "link"))
	err := open(t, root, 1).Rename(t.Context(), "file", "link")
	if !errors.Is(err, fs.ErrExist) {
		t.Errorf("got %v, want %v", err, fs.ErrExist)
	}
	wantText(t, filepath.Join(root, "file"), "text")
}

func TestStore_refusesAFolderThatWasExchanged(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("an open folder cannot be renamed on Windows")
	}
	parent := t.TempDir()
	disk, mount := filepath.Join(parent, "disk"), filepath.Join(parent, "mount")
	write(t, filepath.Join(mount, "owner"), "mine")
	store := open(t, mount, 1)
	if err := os.Rename(mount, disk); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(mount, "other"), "not ours")
	if err := store.Put(t.Context(), "new", providertest.Text("new")); !errors.Is(err, providers.ErrUnreachable) {
		t.Errorf("got %v, want %v", err, providers.ErrUnreachable)
	}
	for _, folder := range []string{disk, mount} {
		if _, err := os.Stat(filepath.Join(folder, "new")); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: got %v, want that nothing was written", folder, err)
		}
	}
}

func TestPut_writesInPlace(t *testing.T) {
	root := t.TempDir()
	write(t, filepath.Join(root, "file"), "older and longer")
	store := open(t, root, 1)
	before, err := store.Stat(t.Context(), "file")
	if err != nil {
		t.Fatal(err)
	}
	if err := store.Put(t.Context(), "file", providertest.Text("new")); err != nil {
		t.Fatal(err)
	}
	after, err := store.Stat(t.Context(), "file")
	if err != nil || after.ID != before.ID {
		t.Errorf("got %q, %v, want the same file %q", after.ID, err, before.ID)
	}
	wantText(t, filepath.Join(root, "file"), "new")
}

func TestRoot_staysAsItIs(t *testing.T) {
	store, ctx := open(t, t.TempDir(), 1), t.Context()
	for op, err := range map[string]error{
		"put":    store.Put(ctx, ".", providertest.Text("x")),
		"remove": store.Remove(ctx, "."),
		"rename": store.Rename(ctx, ".", "b"),
	} {
		if !errors.Is(err, providers.ErrName) {
			t.Errorf("%s the root: got %v, want %v", op, err, providers.ErrName)
		}
	}
}

func TestClose_endsTheStore(t *testing.T) {
	store := open(t, t.TempDir(), 1)
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := store.List(t.Context(), "."); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("got %v, want %v", err, fs.ErrClosed)
	}
}

func TestErrors_sayEachFactOnce(t *testing.T) {
	_, err := open(t, t.TempDir(), 1).Stat(t.Context(), "web01/disk.vmdk")
	if want := "stat web01/disk.vmdk: " + errnoText(t); err == nil || err.Error() != want {
		t.Errorf("got %q, want %q", err, want)
	}
}

// errnoText is what this system says of a missing file.
func errnoText(t *testing.T) string {
	t.Helper()
	_, err := os.Lstat(filepath.Join(t.TempDir(), "missing"))
	return errors.Unwrap(err).Error()
}
