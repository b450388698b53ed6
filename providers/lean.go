package providers

import "context"

// Lean is a place for a caller that proves by listings of its own what its calls have
// done, and needs no times: each call asks the place as little as it can. It keeps the law
// of Store, but that the files of its listings may have no times.
type Lean interface {
	Store
	// RemoveListed is Remove of what a listing has just shown, with its kind.
	RemoveListed(ctx context.Context, f File) error
	// RenameToFree is Rename to a name that a listing has just shown to be free. It does
	// not look for what may have taken it since.
	RenameToFree(ctx context.Context, from, to string) error
}

// LeanOf returns the lean view of a place that has one, and s itself elsewhere.
func LeanOf(s Store) Store {
	if l, ok := s.(interface{ Lean() Lean }); ok {
		return l.Lean()
	}
	return s
}
