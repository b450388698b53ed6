package local

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
)

// makeDir makes dir and its missing parents: fs.ErrExist where it is there.
func makeDir(root *os.Root, dir string) error {
	if err := makeDirs(root, path.Dir(dir), anyDir); err != nil {
		return err
	}
	if err := root.Mkdir(dir, anyDir); err != nil {
		return err
	}
	return syncDir(root, path.Dir(dir))
}

// makeDirs makes dir and its missing parents with that mode, before the umask, and
// syncs each parent that got a new entry. Others may be doing the same.
func makeDirs(root *os.Root, dir string, mode fs.FileMode) error {
	info, err := stat(root, dir)
	if err == nil && !info.IsDir() {
		return fmt.Errorf("%s %w", dir, errNotDir)
	}
	if err == nil || !isMissing(err) {
		return err
	}
	if err := makeDirs(root, path.Dir(dir), mode); err != nil {
		return err
	}
	if err := root.Mkdir(dir, mode); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return syncDir(root, path.Dir(dir))
}

// syncDir makes the entries of dir durable.
func syncDir(root *os.Root, dir string) error {
	f, err := root.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(syncEntries(f), f.Close())
}
