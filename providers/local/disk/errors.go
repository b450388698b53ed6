package disk

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"

	"github.com/vmxsync/vmxsync/providers"
)

var (
	errNotDir     = errors.New("is no directory")
	ErrNotRegular = errors.New("is no regular file")
	errChanged    = errors.New("was replaced while it was being opened")
)

// IsMissing reports whether nothing is there. What would lie below a file is not
// there either.
func IsMissing(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR)
}

// Named says what was done to which path, and translates what the system says
// into the errors that callers know.
func Named(op, p string, err error) error {
	return fmt.Errorf("%s %s: %w", op, p, translated(Reason(err)))
}

func translated(err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return err
	case errors.Is(err, syscall.ENOTDIR):
		return fmt.Errorf("%w: %w", err, fs.ErrNotExist)
	case isAny(err, fullErrors):
		return fmt.Errorf("%w: %w", err, providers.ErrFull)
	case isAny(err, busyErrors):
		return fmt.Errorf("%w: %w", err, providers.ErrInUse)
	case isAny(err, nameErrors):
		return fmt.Errorf("%w: %w", err, providers.ErrName)
	}
	return err
}

func isAny(err error, targets []error) bool {
	for _, target := range targets {
		if errors.Is(err, target) {
			return true
		}
	}
	return false
}

// Reason drops the frame of the os package where it is the outermost one: it
// repeats what ours says.
func Reason(err error) error {
	switch err := err.(type) {
	case *fs.PathError:
		return err.Err
	case *os.LinkError:
		return err.Err
	}
	return err
}
