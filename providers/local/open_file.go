package local

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path"

	"github.com/vmxsync/vmxsync/providers/regular"
)

// openAt opens the file p for reading from offset on.
func openAt(root *os.Root, p string, offset int64) (*os.File, error) {
	f, err := openRegular(root, p, os.O_RDONLY)
	if err != nil {
		return nil, err
	}
	if _, err := f.Seek(offset, io.SeekStart); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// openRegular opens what stat sees at p, and not what came there in between.
func openRegular(root *os.Root, p string, flag int) (*os.File, error) {
	seen, err := stat(root, p)
	if err != nil {
		return nil, err
	}
	if !seen.Mode().IsRegular() {
		return nil, errNotRegular
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

// openPart opens the file p for writing from offset on, with that mode.
func openPart(root *os.Root, p string, mode fs.FileMode, offset int64) (*os.File, error) {
	f, err := openRegular(root, p, os.O_WRONLY)
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

// create opens p for writing, new or emptied. It follows no link: what is not
// there is made with O_EXCL, what is there must be a regular file.
func create(root *os.Root, p string, mode fs.FileMode) (*os.File, error) {
	if _, err := stat(root, p); isMissing(err) {
		return root.OpenFile(p, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	}
	f, err := openRegular(root, p, os.O_WRONLY)
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

// edit opens p for reading and writing, and makes it where it is absent.
func edit(root *os.Root, p string) (*os.File, error) {
	_, err := stat(root, p)
	if err == nil {
		return openRegular(root, p, os.O_RDWR)
	}
	if !isMissing(err) {
		return nil, err
	}
	if err := makeDirs(root, path.Dir(p), anyDir); err != nil {
		return nil, err
	}
	f, err := root.OpenFile(p, os.O_RDWR|os.O_CREATE|os.O_EXCL, anyFile)
	if err != nil {
		return nil, err
	}
	allowHoles(f)
	return f, syncDir(root, path.Dir(p))
}
