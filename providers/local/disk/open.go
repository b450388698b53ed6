package disk

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path"

	"github.com/vmxsync/vmxsync/providers/regular"
)

// OpenAt opens the file p for reading from offset on.
func OpenAt(root *os.Root, p string, offset int64) (*os.File, error) {
	f, err := OpenRegular(root, p, os.O_RDONLY)
	if err != nil {
		return nil, err
	}
	if _, err := f.Seek(offset, io.SeekStart); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// OpenRegular opens what stat sees at p, and not what came there in between.
func OpenRegular(root *os.Root, p string, flag int) (*os.File, error) {
	seen, err := Stat(root, p)
	if err != nil {
		return nil, err
	}
	if !seen.Mode().IsRegular() {
		return nil, ErrNotRegular
	}
	f, err := root.OpenFile(p, flag|regular.NonBlocking, 0) // a pipe may have come to p
	if err != nil {
		return nil, err
	}
	opened, err := f.Stat()
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	if !os.SameFile(seen, opened) {
		return nil, errors.Join(errChanged, f.Close())
	}
	return f, nil
}

// OpenPart opens the file p for writing from offset on, with that mode.
func OpenPart(root *os.Root, p string, mode fs.FileMode, offset int64) (*os.File, error) {
	f, err := OpenRegular(root, p, os.O_WRONLY)
	if err != nil {
		return nil, err
	}
	err = restrict(f, mode)
	if err == nil {
		_, err = f.Seek(offset, io.SeekStart)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// Create opens p for writing, new or emptied. It follows no link: what is not
// there is made with O_EXCL, what is there must be a regular file.
func Create(root *os.Root, p string, mode fs.FileMode) (*os.File, error) {
	if _, err := Stat(root, p); IsMissing(err) {
		return root.OpenFile(p, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	}
	f, err := OpenRegular(root, p, os.O_WRONLY)
	if err != nil {
		return nil, err
	}
	err = restrict(f, mode)
	if err == nil {
		err = f.Truncate(0)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// Edit opens p for reading and writing, and makes it where it is absent.
func Edit(root *os.Root, p string) (*os.File, error) {
	_, err := Stat(root, p)
	if err == nil {
		return OpenRegular(root, p, os.O_RDWR)
	}
	if !IsMissing(err) {
		return nil, err
	}
	if err := MakeDirs(root, path.Dir(p), anyDir); err != nil {
		return nil, err
	}
	f, err := root.OpenFile(p, os.O_RDWR|os.O_CREATE|os.O_EXCL, anyFile)
	if err != nil {
		return nil, err
	}
	allowHoles(f)
	return f, SyncDir(root, path.Dir(p))
}
