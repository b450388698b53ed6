package apply

import (
	"errors"
	"io/fs"

	"github.com/vmxsync/vmxsync/providers"
)

// Errors about one name at a place.
var (
	errThere   = errors.New("already exists")
	errMissing = errors.New("does not exist")
)

// refused reports whether an error is the answer of the place to the request itself.
func refused(err error) bool {
	for _, other := range []error{fs.ErrExist, fs.ErrNotExist, providers.ErrUnreachable, providers.ErrLogin, providers.ErrListing, providers.ErrFull} {
		if errors.Is(err, other) {
			return false
		}
	}
	return true
}
