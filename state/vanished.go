package state

import (
	"cmp"
	"slices"

	"github.com/vmxsync/vmxsync/state/known"
)

// AsRecorded is the key as records write it.
func (k Key) AsRecorded() known.Key { return known.Key{VM: k.VM, Time: string(k.Stamp)} }

// KeyOf undoes AsRecorded.
func KeyOf(k known.Key) Key { return Key{VM: k.VM, Stamp: Stamp(k.Time)} }

// Vanished are the sets of a record that are absent and that no apply has deleted, as
// far as the reading shows: not at their final names, not in staging or in trash,
// not about to be deleted when an apply died. Nothing has vanished of a VM that is
// not known.
func (inv Inventory) Vanished(record *known.Record) []known.Set {
	if record == nil || inv.Err != nil {
		return nil
	}
	work := map[Key]bool{}
	for _, s := range inv.Staged {
		work[s.Key] = true
	}
	for _, t := range inv.Trash {
		work[t.Key] = true
	}
	var vanished []known.Set
	for _, s := range record.Sets {
		k := KeyOf(s.Key)
		_, there := inv.Find(k)
		if !there && !inv.Unsure(k.VM) && !inv.IsGoing(s.Key) && !work[k] {
			vanished = append(vanished, s)
		}
	}
	return vanished
}

// IsGoing reports whether an apply that died was about to delete the set.
func (inv Inventory) IsGoing(k known.Key) bool {
	_, going := slices.BinarySearchFunc(inv.Going, k, known.Key.Compare)
	return going
}

// GoingOf are the sets of one VM that an apply was about to delete when it died, oldest
// first.
func (inv Inventory) GoingOf(vm string) []known.Key {
	from, _ := slices.BinarySearchFunc(inv.Going, vm, func(k known.Key, vm string) int { return cmp.Compare(k.VM, vm) })
	to := from
	for to < len(inv.Going) && inv.Going[to].VM == vm {
		to++
	}
	return inv.Going[from:to]
}

// Unsure reports whether a set of the VM may be there that the reading lacks.
func (inv Inventory) Unsure(vm string) bool {
	for _, name := range []string{vm, AnyVM} {
		_, unknown := inv.UnknownVMs[name]
		if _, part := inv.NotWhole[name]; unknown || part {
			return true
		}
	}
	return false
}
