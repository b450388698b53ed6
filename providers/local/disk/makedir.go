package disk

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
)

// MakeDir makes dir and its missing parents: fs.ErrExist where it is there.
func MakeDir(root *os.Root, dir string) error {
	if err := MakeDirs(root, path.Dir(dir), anyDir); err != nil {
		return err
	}
	if err := root.Mkdir(dir, anyDir); err != nil {
		return err
	}
	return SyncDir(root, path.Dir(dir))
}

// MakeDirs makes dir and its missing parents with that mode, before the umask, and
// syncs each parent that got a new entry. Others may be doing the same.
func MakeDirs(root *os.Root, dir string, mode fs.FileMode) error {
	info, err := Stat(root, dir)
	if err == nil && !info.IsDir() {
		return fmt.Errorf("%s %w", dir, errNotDir)
	}
	if err == nil || !IsMissing(err) {
		return err
	}
	if err := MakeDirs(root, path.Dir(dir), mode); err != nil {
		return err
	}
	if err := root.Mkdir(dir, mode); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return SyncDir(root, path.Dir(dir))
}

// SyncDir makes the entries of dir durable.
func SyncDir(root *os.Root, dir string) error {
	f, err := root.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(syncEntries(f), f.Close())
}
