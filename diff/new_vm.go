package diff

import (
	"slices"

	"github.com/vmxsync/vmxsync/diff/notice"
	"github.com/vmxsync/vmxsync/state"
)

// noteNew reports a VM that is there for the first time: a glob has matched it, and
// nobody may know. On a first use all are new, and nothing is reported.
func (w *planner) noteNew(s state.Source, b state.Backup, vm string) {
	known := slices.ContainsFunc(b.Copies, func(copy state.Copy) bool { return !w.readable(copy.Destination) || w.knows(copy.Destination, vm) })
	if !known && len(w.holds[s.Name][vm]) > 0 {
		w.notes.add(notice.Note{Place: s.Name, Kind: &notice.NewVM, VM: vm})
	}
}

// knows reports whether a destination holds anything of a VM, or may, or was never
// in use.
func (w *planner) knows(destination, vm string) bool {
	c := w.groups[state.Scope(destination, vm)]
	return w.Inventories[destination].Owner != w.Spec.Name || c == nil || c.unknown ||
		slices.ContainsFunc(c.candidates, func(s *candidate) bool { return s.remote != nil || s.staged != nil })
}
