//go:build unix

package local_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/providertest"
)

func TestID_survivesARenameAndNotAnExchange(t *testing.T) {
	store, ctx := open(t, t.TempDir(), 1), t.Context()
	providertest.Fill(t, store, map[string]string{"a": "one", "b": "two"})
	a, errA := store.Stat(ctx, "a")
	b, errB := store.Stat(ctx, "b")
	if err := errors.Join(errA, errB, store.Rename(ctx, "a", "c")); err != nil {
		t.Fatal(err)
	}
	c, err := store.Stat(ctx, "c")
	if err != nil {
		t.Fatal(err)
	}
	if a.ID == "" || a.ID != c.ID || a.ID == b.ID {
		t.Errorf("got a %q, b %q, and %q for a renamed to c", a.ID, b.ID, c.ID)
	}
}

func TestOpen_refusesAPipe(t *testing.T) {
	root := t.TempDir()
	if err := syscall.Mkfifo(filepath.Join(root, "pipe"), 0o666); err != nil {
		t.Skip(err)
	}
	store := open(t, root, 1)
	if _, err := store.Open(t.Context(), "pipe", 0); err == nil {
		t.Error("open a pipe: got no error")
	}
	if err := store.Put(t.Context(), "pipe", providertest.Text("x")); err == nil {
		t.Error("put onto a pipe: got no error")
	}
	if f, err := store.Stat(t.Context(), "pipe"); err != nil || f.Kind != providers.Other {
		t.Errorf("got %q, %v, want %q", f.Kind, err, providers.Other)
	}
}

func TestPut_saysThatAccessIsDenied(t *testing.T) {
	if os.Getuid() == 0 {
		t.Skip("nothing is denied to root")
	}
	root := t.TempDir()
	if err := os.Chmod(root, 0o555); err != nil {
		t.Fatal(err)
	}
	err := open(t, root, 1).Put(t.Context(), "file", providertest.Text("x"))
	if !errors.Is(err, fs.ErrPermission) {
		t.Errorf("got %v, want %v", err, fs.ErrPermission)
	}
}
