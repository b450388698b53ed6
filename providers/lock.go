package providers

import "context"

// Locker is a store that knows who made a directory.
type Locker interface {
	// MakeDir makes the directory dir, and its missing parents. Of all who call
	// it for a path that is missing, one at most gets nil. Where anything is at
	// dir it fails with fs.ErrExist and changes nothing; so it does where the
	// reply to its own success was lost. After any other error the directory
	// may have been made.
	MakeDir(ctx context.Context, dir string) error
}
