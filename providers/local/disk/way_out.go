package disk

import (
	"errors"
	"io/fs"
	"os"
	"strconv"

	"github.com/vmxsync/vmxsync/providers"
)

// Unreadable gives what kept a folder or a file below root from being read its way
// out. What is not there, or was cancelled, needs none.
func Unreadable(err error, root string) error {
	if err == nil || providers.Hint(err) != "" {
		return err
	}
	switch {
	case errors.Is(err, fs.ErrPermission):
		return providers.WithHint(err, letRead(account(), root))
	case isAny(err, staleErrors):
		return providers.WithHint(&staleError{err}, "The mount of "+root+" is stale: mount it again.")
	case isAny(err, diskErrors):
		return providers.WithHint(err, "The disk or the network below "+root+" reports an error: check the system log.")
	}
	return err
}

// staleError is that of a mount whose server is gone: as if the place could not be reached.
type staleError struct{ err error }

func (e *staleError) Error() string        { return e.err.Error() }
func (e *staleError) Unwrap() error        { return e.err }
func (e *staleError) Is(target error) bool { return target == providers.ErrUnreachable }

// account is who runs this process: by name, or by number where it has none.
func account() string {
	if name := accountName(); name != "" {
		return name
	}
	return strconv.Itoa(os.Getuid())
}
