package task

import (
	"cmp"
	"iter"
	"maps"
	"slices"
	"time"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/state"
)

// Sets are the sets of one VM at a place, as this run has read them. What a delete asks of
// them takes as long however many they are.
type Sets struct {
	Began   time.Time // when this run began to read them
	Until   time.Time // when they have to be read again
	sets    map[state.Stamp]state.Set
	order   []state.Stamp        // newest first, also of those that were deleted since
	sum     diff.GroupSum        // of those that are not being deleted
	unknown map[state.Stamp]bool // those whose state is not known
	proven  proven
}

// proven are sets that were shown to justify deletes.
type proven struct {
	by       []string // the addresses that name them: this very list
	findings int      // how many were added by then
	stamps   map[state.Stamp]bool
}

// NewSets are sets that were just read.
func NewSets(read []state.Set, began, until time.Time) *Sets {
	s := &Sets{Began: began, Until: until, sets: make(map[state.Stamp]state.Set, len(read)), unknown: map[state.Stamp]bool{}}
	for _, is := range read {
		s.order = append(s.order, is.Stamp)
		s.Put(is)
	}
	slices.SortFunc(s.order, func(a, b state.Stamp) int { return cmp.Compare(b, a) })
	return s
}

// Of returns the set of that time, and whether it exists.
func (s *Sets) Of(stamp state.Stamp) (state.Set, bool) {
	is, there := s.sets[stamp]
	return is, there
}

// Proven are the times of the sets at those addresses if SetProven was given the same list,
// none of them was read again or deleted since, and no finding was added; nil otherwise.
func (s *Sets) Proven(by []string, findings int) map[state.Stamp]bool {
	p := s.proven
	if p.stamps == nil || findings != p.findings || len(by) != len(p.by) || len(by) > 0 && &by[0] != &p.by[0] {
		return nil
	}
	return p.stamps
}

// SetProven notes that the sets at those addresses justify deletes.
func (s *Sets) SetProven(by []string, findings int, stamps map[state.Stamp]bool) {
	s.proven = proven{by, findings, stamps}
}

// Put notes what was read of a set since.
func (s *Sets) Put(is state.Set) {
	s.Delete(is.Stamp)
	s.sets[is.Stamp] = is
	if is.State != state.Incomplete { // being deleted
		s.sum.Add(is.Stamp, state.Digest(is.Files))
	}
	if is.State == state.Unknown {
		s.unknown[is.Stamp] = true
	}
}

// Delete takes a set out.
func (s *Sets) Delete(stamp state.Stamp) {
	was, there := s.sets[stamp]
	if !there {
		return
	}
	if s.proven.stamps[stamp] {
		s.proven = proven{}
	}
	if was.State != state.Incomplete {
		s.sum.Remove(stamp, state.Digest(was.Files))
	}
	delete(s.sets, stamp)
	delete(s.unknown, stamp)
}

// Newest are all sets, newest first.
func (s *Sets) Newest() iter.Seq[state.Set] {
	return func(yield func(state.Set) bool) {
		for _, stamp := range s.order {
			if is, there := s.sets[stamp]; there && !yield(is) {
				return
			}
		}
	}
}

// Unknown returns the newest set whose state is not known, and whether one exists.
func (s *Sets) Unknown() (state.Set, bool) {
	if len(s.unknown) == 0 {
		return state.Set{}, false
	}
	return s.sets[slices.Max(slices.Collect(maps.Keys(s.unknown)))], true
}

// Sum is that of the sets that are not being deleted.
func (s *Sets) Sum() diff.GroupSum { return s.sum }

// LendManifests gives sets that were read again the manifests that were read before, where
// nothing shows that one is another. A nil receiver has none.
func (s *Sets) LendManifests(to []state.Set) {
	if s == nil {
		return
	}
	for i, is := range to {
		was, known := s.sets[is.Stamp]
		if known && was.Manifest != nil && is.Marked && is.Path == was.Path && is.State == was.State && state.SameContent(is.Files, was.Files) {
			to[i].Manifest = was.Manifest
		}
	}
}
