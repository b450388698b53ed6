package known

import (
	"cmp"
	"errors"
	"slices"
	"time"
)

// Room records that sets of a VM were deleted to make room for its uploads, and that
// no upload has arrived since.
type Room struct {
	VM string `json:"vm"`
	// Since is the time of the plan that deleted the first of them, UTC.
	Since time.Time `json:"since"`
}

// MadeRoom notes that sets of a VM were deleted for uploads. What is noted of it
// already stays.
func (r *Record) MadeRoom(vm string, since time.Time) {
	i, ok := findRoom(r.Room, vm)
	if !ok {
		r.Room = slices.Insert(r.Room, i, Room{VM: vm, Since: since.UTC()})
	}
}

// TookRoom notes that uploads of those VMs have arrived.
func (r *Record) TookRoom(vms ...string) {
	arrived := map[string]bool{}
	for _, vm := range vms {
		arrived[vm] = true
	}
	r.Room = slices.DeleteFunc(r.Room, func(m Room) bool { return arrived[m.VM] })
	if len(r.Room) == 0 {
		r.Room = nil
	}
}

// RoomOf is what is noted of a VM; false if nothing.
func (r *Record) RoomOf(vm string) (Room, bool) {
	if r == nil {
		return Room{}, false
	}
	i, ok := findRoom(r.Room, vm)
	if !ok {
		return Room{}, false
	}
	return r.Room[i], true
}

func findRoom(all []Room, vm string) (int, bool) {
	return slices.BinarySearchFunc(all, vm, func(m Room, vm string) int { return cmp.Compare(m.VM, vm) })
}

func checkRoom(all []Room) error {
	for i, m := range all {
		if m.VM == "" || m.Since.IsZero() || i > 0 && all[i-1].VM >= m.VM {
			return errors.New("room without a VM, or not in order")
		}
	}
	return nil
}

func sameRoom(a, b Room) bool { return a.VM == b.VM && a.Since.Equal(b.Since) }
