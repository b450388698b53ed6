package providers

import "context"

// RawLister is a store that can show a listing as the place sent it, for
// people.
type RawLister interface {
	// RawList returns the lines of a listing of the directory dir, before
	// anything was read from them. They may be hostile.
	RawList(ctx context.Context, dir string) ([]string, error)
}
