package providers

import "context"

// Leftovers is a store whose server may keep parts of uploads under names of its
// own, which no listing need show: ProFTPD with HiddenStores stores NAME as
// `.in.NAME.`, keeps that after a power cut, and refuses NAME from then on.
type Leftovers interface {
	// RemoveLeftovers removes from the directory dir what a cut upload of one of
	// the names may have left there, and such leftovers as the listing shows. It
	// returns the names that it removed. The caller answers for it that nobody
	// else uploads there.
	RemoveLeftovers(ctx context.Context, dir string, names []string) (removed []string, err error)
}
