// Package known is the record of what is complete at a destination.
//
// After each apply one copy of it is left at the destination, and one with the
// user who ran the apply. The next reading compares: a set that is recorded and
// absent, and that no apply has deleted, has vanished.
//
//	record, err := known.Decode(data)
//	if last := known.Newer(record, local); last != nil {
//		for _, s := range last.Sets { ... }
//	}
//
// It holds what reading the copies back has found: a copy that is damaged does
// not look so.
// It also holds what cannot be seen there: what a person has accepted, what the
// comparison of a set with those before it has found, for which VMs room was made
// that no upload has taken, and which VMs the sources held.
//
// It is pure: bytes to a Record and back. A record proves nothing: neither that a
// set is there, nor that one may be deleted. One that is lost or torn costs a
// comparison, and one that is too old at worst a false alarm; what was found damaged is
// then found again when it is read again.
package known
