package confdir

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"unicode/utf8"

	"github.com/vmxsync/vmxsync/providers/regular"
)

// MaxFile is the largest file that is read as configuration, in bytes.
const MaxFile = 8 << 20

// Text is a whole file as text. Its errors do not hold the path.
func Text(path string) ([]byte, error) {
	f, err := Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	src, err := io.ReadAll(io.LimitReader(f, MaxFile+1))
	if err != nil {
		return nil, WithoutPath(err)
	}
	return src, CheckText(src)
}

// CheckText refuses a file that is too large or not UTF-8.
func CheckText(src []byte) error {
	switch {
	case len(src) > MaxFile:
		return fmt.Errorf("it is larger than %d MiB", MaxFile>>20)
	case !utf8.Valid(src):
		return errors.New("it is not UTF-8: save it as UTF-8")
	}
	return nil
}

// Open opens a file that is to be read whole. Devices and pipes are refused before
// they are opened: reading one may never end. Its errors do not hold the path.
func Open(path string) (*os.File, error) {
	info, err := os.Stat(path)
	if err == nil && info.IsDir() {
		err = errors.New("it is a directory")
	}
	if err != nil {
		return nil, WithoutPath(err)
	}
	f, err := regular.Open(path)
	return f, WithoutPath(err)
}

// WithoutPath drops the path from an error that is shown with it already.
func WithoutPath(err error) error {
	var p *fs.PathError
	var r *regular.Error
	switch {
	case errors.As(err, &p):
		return p.Err
	case errors.As(err, &r):
		return errors.New("it " + r.What)
	}
	return err
}
