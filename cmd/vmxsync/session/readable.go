package session

import (
	"context"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/read"
)

// allReadable opens the files of the sets that the plan uploads, if they were not
// tried before, and adds the result to the inventories. It reports whether all could
// be opened; if not, the plan must be made again. With a saved inventory no place is
// open, and nothing is tried.
func (w *World) allReadable(ctx context.Context, plan *diff.Plan) bool {
	all := true
	for source, keys := range plan.Sends() {
		store := w.Stores[source]
		if store == nil {
			continue
		}
		inv := w.Inventories[source]
		for _, s := range read.CheckAllReadable(ctx, store, w.untried(source, keys)) {
			if s.State == state.Unreadable {
				inv.Put(s)
				all = false
			}
		}
	}
	return all
}

// untried returns the sets of these keys that were not tried yet, and marks them as
// tried.
func (w *World) untried(source string, keys []state.Key) []state.Set {
	if w.tried == nil {
		w.tried = map[string]map[state.Key]bool{}
	}
	if w.tried[source] == nil {
		w.tried[source] = map[state.Key]bool{}
	}
	var sets []state.Set
	for _, k := range keys {
		s, ok := w.Inventories[source].Find(k)
		if ok && !w.tried[source][k] {
			sets = append(sets, s)
		}
		w.tried[source][k] = true
	}
	return sets
}
