package diff

import (
	"slices"

	"github.com/vmxsync/vmxsync/diff/notice"
	"github.com/vmxsync/vmxsync/state"
)

// noteUnheld warns of the VMs that backups of a source name literally, and of which
// neither the source nor a destination holds anything.
func (w *planner) noteUnheld(s state.Source) {
	if w.emptySources[s.Name] || w.Options.Destroy {
		return
	}
	for _, b := range w.Spec.Backups {
		if b.Source != s.Name {
			continue
		}
		for _, pattern := range b.VMs {
			if vm, ok := state.NameIn(pattern); ok && w.lacksAll(s, b, vm) {
				w.notes.add(notice.Note{Place: s.Name, Kind: &notice.Unheld, VM: vm, Item: vm, Why: "backup " + b.Name})
			}
		}
	}
}

// lacksAll reports whether it is known that nobody holds anything of a VM of a backup.
func (w *planner) lacksAll(s state.Source, b state.Backup, vm string) bool {
	_, held := w.holds[s.Name][vm]
	if held || b.Excludes(vm) || b.Retires(vm) || whyUnknown(w.Inventories[s.Name], vm) != "" {
		return false
	}
	return !slices.ContainsFunc(b.Copies, func(c state.Copy) bool {
		return !w.readable(c.Destination) || whyUnknown(w.Inventories[c.Destination], vm) != "" || w.groups[state.Scope(c.Destination, vm)] != nil
	})
}
