package diff

import (
	"slices"

	"github.com/vmxsync/vmxsync/state"
)

// unheldNotice is the code of the warning that a backup names a VM of which no place has a
// set: a typo, or a VM that the backup program does not know. No apply would ever upload a
// set of it, and none would fail.
const unheldNotice = "unheld"

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
				w.notes.add(note{place: s.Name, code: unheldNotice, vm: vm, item: vm, why: "backup " + b.Name})
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
