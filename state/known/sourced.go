package known

import (
	"cmp"
	"errors"
	"slices"
	"time"
)

// Sourced says of a VM that a source held sets of it, when the record was written or
// before.
type Sourced struct {
	VM string `json:"vm"`
	// Seen is when a VM was last seen at its source that is gone from there; zero for
	// one that was there.
	Seen time.Time `json:"seen,omitzero"`
}

// SetSourced takes the VMs in any order.
func (r *Record) SetSourced(all []Sourced) {
	slices.SortFunc(all, func(a, b Sourced) int { return cmp.Compare(a.VM, b.VM) })
	r.Sourced = all
}

// SourcedOf is what is recorded of a VM, with the time when it was last seen at its
// source; false if nothing is.
func (r *Record) SourcedOf(vm string) (s Sourced, seen time.Time, ok bool) {
	if r == nil {
		return Sourced{}, time.Time{}, false
	}
	i, ok := slices.BinarySearchFunc(r.Sourced, vm, func(s Sourced, vm string) int { return cmp.Compare(s.VM, vm) })
	if !ok {
		return Sourced{}, time.Time{}, false
	}
	if s = r.Sourced[i]; s.Seen.IsZero() {
		return s, r.At, true
	}
	return s, s.Seen, true
}

// sameSourced reports whether what two records say of sources is the same. One from
// before that was written says nothing, and is no reason to write another.
func sameSourced(a, b []Sourced) bool {
	return a == nil || b == nil ||
		slices.EqualFunc(a, b, func(x, y Sourced) bool { return x.VM == y.VM && x.Seen.Equal(y.Seen) })
}

func checkSourced(all []Sourced) error {
	for i, s := range all {
		if s.VM == "" || i > 0 && all[i-1].VM >= s.VM {
			return errors.New("a VM of a source without a name, or out of order")
		}
	}
	return nil
}
