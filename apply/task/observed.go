package task

import (
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/state"
)

// Saw are the sets of one VM at a destination that the plan saw.
type Saw map[state.Stamp]diff.ObservedSet

// SawAt are all sets that the plan saw at those places, by scope.
func SawAt(places []diff.Place) map[string]Saw {
	all := map[string]Saw{}
	for _, p := range places {
		for _, o := range p.Observed {
			saw := make(Saw, len(o.Sets))
			for _, set := range o.Sets {
				saw[set.Name] = set
			}
			all[o.Scope] = saw
		}
	}
	return all
}

// SameSet reports whether a set is as the plan saw it: names, sizes, and whether there
// is a manifest. A set that was unknown then matches if it exists; one that was known
// then and is unknown now does not match.
func SameSet(was diff.ObservedSet, is state.Set) bool {
	switch {
	case was.State == state.Unknown:
		return true
	case is.State == state.Unknown:
		return false
	case was.State == state.Incomplete || is.State == state.Incomplete:
		return was.State == is.State && state.Digest(is.Files) == was.SHA256
	case was.State == state.Damaged:
		return state.Digest(is.Files) == was.SHA256
	}
	marked := was.State != state.Unmarked
	return is.State != state.Damaged && marked == is.Marked && state.Digest(is.Files) == was.SHA256
}

// ByStamp are the sets of one VM by their time.
func ByStamp(sets []state.Set) map[state.Stamp]state.Set {
	m := map[state.Stamp]state.Set{}
	for _, s := range sets {
		m[s.Stamp] = s
	}
	return m
}
