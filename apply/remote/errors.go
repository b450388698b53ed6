package remote

import (
	"errors"
	"io/fs"

	"github.com/vmxsync/vmxsync/providers"
)

// Errors about one name at a place.
var (
	ErrThere   = errors.New("already exists")
	ErrMissing = errors.New("does not exist")
)

// Refused reports whether an error is the answer of the place to the request itself.
func Refused(err error) bool {
	for _, other := range []error{fs.ErrExist, fs.ErrNotExist, providers.ErrUnreachable, providers.ErrLogin, providers.ErrListing, providers.ErrFull} {
		if errors.Is(err, other) {
			return false
		}
	}
	return true
}
