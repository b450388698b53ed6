package local_test

import (
	"errors"
	"os"
	"syscall"
	"testing"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/providertest"
)

func TestStore_writesNothingToADiskThatWasUnmounted(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=1m"); err != nil {
		t.Skipf("needs a disk: mount tmpfs: %v", err)
	}
	store := open(t, dir, 1)
	if err := store.Put(t.Context(), "vm/disk", providertest.Text("whole")); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
		t.Fatal(err)
	}
	_, listed := store.List(t.Context(), "vm")
	for what, err := range map[string]error{
		"put":    store.Put(t.Context(), "vm/more", providertest.Text("lost")),
		"rename": store.Rename(t.Context(), "vm/disk", "vm/other"),
		"list":   listed,
	} {
		if !errors.Is(err, providers.ErrUnreachable) || providers.Hint(err) == "" {
			t.Errorf("%s: got %v, want %v with a way out", what, err, providers.ErrUnreachable)
		}
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("the mount point holds %v, %v", left, err)
	}
}
