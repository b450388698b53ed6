//go:build unix

package sent_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/vmxsync/vmxsync/apply/sent"
)

// TestMarks_doNotKeepTheReadingWaiting: to open a pipe takes until somebody reads from
// it, as long as a disk may need to sync. What then comes of it counts nevertheless.
func TestMarks_doNotKeepTheReadingWaiting(t *testing.T) {
	dir := t.TempDir()
	r := sent.In(dir).Record(disk)
	m := r.Begin(0)
	if err := m.Reached(block, sumOf("a")); err != nil {
		t.Fatal(err)
	}
	m.End()
	wantCovers(t, r, 5*block, block)
	files, _ := filepath.Glob(filepath.Join(dir, "*"))
	if len(files) != 1 {
		t.Fatalf("files %q, want one", files)
	}
	if err := os.Remove(files[0]); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(files[0], 0o600); err != nil {
		t.Skip(err)
	}
	if err := m.Reached(2*block, sumOf("b")); err != nil {
		t.Fatal(err)
	}
	pipe, err := os.Open(files[0])
	if err != nil {
		t.Fatal(err)
	}
	defer pipe.Close()
	m.End()
	if _, err := os.Lstat(files[0]); !os.IsNotExist(err) {
		t.Errorf("a record that could not be written is still there: %v", err)
	}
	if err := m.Reached(3*block, sumOf("c")); err != nil {
		t.Fatal(err)
	}
	m.End()
	wantCovers(t, r, 5*block, 0)
}
