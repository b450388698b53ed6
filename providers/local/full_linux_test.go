package local_test

import (
	"errors"
	"strings"
	"syscall"
	"testing"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/providertest"
)

func TestPut_saysThatTheDiskIsFull(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=256k"); err != nil {
		t.Skipf("needs a small disk: mount tmpfs: %v", err)
	}
	t.Cleanup(func() { syscall.Unmount(dir, syscall.MNT_DETACH) })
	store := open(t, dir, 1)
	err := store.Put(t.Context(), "vm/disk", providertest.Noise(1, 1<<20))
	if !errors.Is(err, providers.ErrFull) {
		t.Fatalf("got %v, want %v", err, providers.ErrFull)
	}
	if n := strings.Count(err.Error(), "vm/disk"); n != 1 {
		t.Errorf("%q names the file %d times, want once", err, n)
	}
	if err := store.Remove(t.Context(), "vm/disk"); err != nil {
		t.Error(err)
	}
	if err := store.Put(t.Context(), "vm/small", providertest.Noise(1, 1<<10)); err != nil {
		t.Errorf("after room was made: %v", err)
	}
}

func TestFree_isThatOfTheFileSystem(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=256k"); err != nil {
		t.Skipf("needs a small disk: mount tmpfs: %v", err)
	}
	t.Cleanup(func() { syscall.Unmount(dir, syscall.MNT_DETACH) })
	store := open(t, dir, 1)
	if n, err := store.FreeBytes(t.Context()); err != nil || n != 256<<10 {
		t.Fatalf("got %d, %v, want 256 KiB", n, err)
	}
	if err := store.Put(t.Context(), "file", providertest.Noise(1, 100<<10)); err != nil {
		t.Fatal(err)
	}
	if n, err := store.FreeBytes(t.Context()); err != nil || n != 156<<10 {
		t.Errorf("got %d, %v, want 156 KiB", n, err)
	}
}
