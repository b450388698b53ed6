//go:build unix

package local_test

import (
	"bytes"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/local"
)

// original is a body that comes from a file with permissions.
type original struct {
	text []byte
	mode fs.FileMode
}

func (o original) Size() int64       { return int64(len(o.text)) }
func (o original) Mode() fs.FileMode { return o.mode }
func (o original) Open(offset int64) (io.ReadCloser, error) {
	return io.NopCloser(bytes.NewReader(o.text[offset:])), nil
}

func mode(t *testing.T, p string) fs.FileMode {
	t.Helper()
	info, err := os.Stat(p)
	if err != nil {
		t.Fatal(err)
	}
	return info.Mode().Perm()
}

// A copy is readable by nobody who may not read the original, nor is its folder.
func TestPut_keepsTheModeOfTheOriginal(t *testing.T) {
	old := syscall.Umask(0o022)
	defer syscall.Umask(old)
	for _, c := range []struct{ original, file, dir fs.FileMode }{
		{0o600, 0o600, 0o700},
		{0o640, 0o640, 0o750},
		{0o644, 0o644, 0o755},
		{0o666, 0o644, 0o755},
		{0o400, 0o600, 0o700}, // its owner writes it here
		{0, 0o644, 0o755},     // not known
	} {
		root := t.TempDir()
		store, err := local.Open(t.Context(), &local.Settings{Path: root, Connections: 1})
		if err != nil {
			t.Fatal(err)
		}
		defer store.Close()
		if err := store.Put(t.Context(), "set/sub/disk", original{[]byte("bytes"), c.original}); err != nil {
			t.Fatal(err)
		}
		if got := mode(t, filepath.Join(root, "set/sub/disk")); got != c.file {
			t.Errorf("%o: the file has %o, want %o", c.original, got, c.file)
		}
		for _, dir := range []string{"set", "set/sub"} {
			if got := mode(t, filepath.Join(root, dir)); got != c.dir {
				t.Errorf("%o: %s has %o, want %o", c.original, dir, got, c.dir)
			}
		}
	}
}

// A part that an earlier version has left is open to everybody.
func TestResume_takesPermissionsAway(t *testing.T) {
	root := t.TempDir()
	store, err := local.Open(t.Context(), &local.Settings{Path: root, Connections: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	for _, part := range []string{"by", "other"} { // goes on; begins anew
		if err := os.WriteFile(filepath.Join(root, "disk"), []byte(part), 0o644); err != nil {
			t.Fatal(err)
		}
		resumer, _ := providers.As[providers.Resumer](store)
		if _, err := resumer.Resume(t.Context(), "disk", original{[]byte("bytes"), 0o600}); err != nil {
			t.Fatal(err)
		}
		if got := mode(t, filepath.Join(root, "disk")); got != 0o600 {
			t.Errorf("the file has %o, want 600", got)
		}
	}
}
