// Package dircache remembers which directories of a place are known to be there, so
// that an upload does not make its parents again.
//
// It is a memory and no proof: somebody may have removed a directory since. Whoever is
// refused in one forgets it, and asks.
package dircache
