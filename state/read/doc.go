// Package read asks places what they hold, and fills a state.Inventory.
//
//	inv := read.Destination(ctx, store, destination)
//	if inv.Err != nil {
//		return inv.Err // the place as a whole
//	}
//	sets := read.Manifests(ctx, store, inv.Of("web01"))
//
// A disk and an FTP account are read by the same code. What cannot be read makes
// unknown what may be there: one set, one VM, or the place. Nothing is concluded
// from a listing that was cut, and no link is entered.
//
// Destination, WithoutTimes and Source read a whole place; Group, Folder, Staged, Claim, Owner and
// Known read one thing again, for an apply that is about to act on it.
//
// Nothing here changes a place, and nothing decides what should happen.
package read
