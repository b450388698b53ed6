package scratch_test

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/vmxsync/vmxsync/apply/scratch"
)

// Where the disk is so full that the mark cannot be written, no folder stays behind: without
// its mark, no later run would know it.
func TestMake_leavesNothingOnAFullDisk(t *testing.T) {
	to := t.TempDir()
	if err := syscall.Mount("tmpfs", to, "tmpfs", 0, "size=4k"); err != nil {
		t.Skip("only root can mount a small file system: ", err)
	}
	defer syscall.Unmount(to, 0)
	if err := os.WriteFile(filepath.Join(to, "filler"), make([]byte, 4<<10), 0o666); err != nil {
		t.Fatal(err)
	}
	f, err := scratch.Make(to, quarterly)
	if !errors.Is(err, syscall.ENOSPC) || there(f.Path()) {
		t.Errorf("got %v, the folder is there: %v", err, there(f.Path()))
	}
}
