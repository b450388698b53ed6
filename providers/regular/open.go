package regular

import (
	"errors"
	"io/fs"
	"os"
)

// Error refuses a path that does not name a regular file.
type Error struct {
	Path string
	What string // "is no regular file", "is a symbolic link"
}

func (e *Error) Error() string { return e.Path + " " + e.What }

// Open opens a file for reading. A link leads to its file: secrets are often
// mounted so.
func Open(path string) (*os.File, error) {
	return open(path, os.Stat, os.O_RDONLY, 0)
}

// OpenItself is Open for what must not be a link.
func OpenItself(path string) (*os.File, error) {
	return open(path, os.Lstat, os.O_RDONLY|noFollow, 0)
}

// Write opens a file for what flag says (os.O_WRONLY, os.O_CREATE, ...), with perm
// if it is created. A link is refused: it would be followed to a file that nobody
// named, and create that where it leads nowhere.
func Write(path string, flag int, perm fs.FileMode) (*os.File, error) {
	return open(path, os.Lstat, flag|noFollow, perm)
}

// Check refuses what is at path if it is not a regular file. Nothing there is an
// error that wraps fs.ErrNotExist.
func Check(path string) error { return check(path, os.Lstat) }

func open(path string, look func(string) (fs.FileInfo, error), flag int, perm fs.FileMode) (*os.File, error) {
	if err := check(path, look); err != nil && !(flag&os.O_CREATE != 0 && errors.Is(err, fs.ErrNotExist)) {
		return nil, err
	}
	f, err := os.OpenFile(path, flag|NonBlocking, perm)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil {
		err = refuse(path, info)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

func check(path string, look func(string) (fs.FileInfo, error)) error {
	info, err := look(path)
	if err != nil {
		return err
	}
	return refuse(path, info)
}

func refuse(path string, info fs.FileInfo) error {
	switch {
	case info.Mode().IsRegular():
		return nil
	case info.Mode()&fs.ModeSymlink != 0:
		return &Error{path, "is a symbolic link"}
	}
	return &Error{path, "is no regular file"}
}
