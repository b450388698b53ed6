package files

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/regular"
)

// Replace writes a file completely or not at all, with that mode where files have
// modes. Nobody else can read it before it has that mode.
func Replace(path string, content []byte, mode fs.FileMode) error {
	temp, err := os.CreateTemp(filepath.Dir(path), ".vmxsync-*") // 0600
	if err != nil {
		return &fs.PathError{Op: "create", Path: path, Err: errors.Unwrap(err)}
	}
	defer os.Remove(temp.Name())
	_, err = temp.Write(content)
	err = errors.Join(err, temp.Chmod(mode.Perm()), temp.Sync(), temp.Close())
	if err != nil {
		return err
	}
	return os.Rename(temp.Name(), path)
}

// Writable returns why a file must not be replaced; a new file in its place would
// bypass its mode.
func Writable(path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	return f.Close()
}

// Open opens a regular file and refuses anything else that a path can name: a
// folder, a device that never ends, a link to another file.
func Open(path string) (*os.File, error) {
	f, err := regular.OpenItself(path)
	if refused := new(regular.Error); errors.As(err, &refused) {
		return nil, providers.WithHint(err, "Name a regular file, and the file itself: by the time it is used, a link may point to another one.")
	}
	return f, err
}
