package disk_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/vmxsync/vmxsync/providers/local/disk"
)

// Whatever is done below a link would be done to what it points to.
func TestDisk_followsNoLink(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "real", "sub"), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "real", "file"), []byte("kept"), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("real", filepath.Join(dir, "link")); err != nil {
		t.Skip(err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()

	_, stat := disk.Stat(root, "link/file")
	_, list := disk.List(t.Context(), root, "link")
	_, open := disk.OpenAt(root, "link/file", 0)
	_, part := disk.OpenPart(root, "link/file", 0o666, 0)
	_, create := disk.Create(root, "link/file", 0o666)
	for name, err := range map[string]error{
		"stat": stat, "list": list, "open": open, "part": part, "create": create,
		"make": disk.MakeDir(root, "link/sub/new"), "rename": disk.Rename(root, "link/file", "stolen"),
	} {
		if err == nil {
			t.Errorf("%s: a link was followed", name)
		}
	}
	if got, err := os.ReadFile(filepath.Join(dir, "real", "file")); err != nil || string(got) != "kept" {
		t.Errorf("the file holds %q (%v)", got, err)
	}
}

func TestRename_keepsWhatIsThere(t *testing.T) {
	root, err := os.OpenRoot(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	for _, name := range []string{"a", "b"} {
		if err := root.WriteFile(name, []byte(name), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if err := disk.Rename(root, "a", "b"); !errors.Is(err, fs.ErrExist) {
		t.Errorf("rename onto a file: %v, want fs.ErrExist", err)
	}
	if got, err := root.ReadFile("b"); err != nil || string(got) != "b" {
		t.Errorf("the file holds %q (%v)", got, err)
	}
}
