package observe

import (
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/vmxsync/vmxsync/diff/flags"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
)

// ErrNotRead: a place has no inventory.
var ErrNotRead = errors.New("was not read")

// World is all that a plan depends on. Nobody changes it.
type World struct {
	Spec        *config.Spec
	Inventories map[string]state.Inventory // by the name of the place
	Now         time.Time                  // in the zone of sources whose timezone is "Local"
	Flags       flags.Options

	holds map[string]map[string][]state.Set // source -> VM -> its sets, oldest first
}

// NewWorld is the world of a plan. A place without an inventory was not read.
func NewWorld(spec *config.Spec, inventories map[string]state.Inventory, now time.Time, options flags.Options) *World {
	w := &World{Spec: spec, Inventories: inventories, Now: now, holds: map[string]map[string][]state.Set{}}
	for _, s := range spec.Sources {
		w.holds[s.Name] = byVM(inventories[s.Name])
	}
	w.Flags = options.Among(w.Addresses)
	return w
}

// byVM splits an inventory; a VM that is unknown is there without sets.
func byVM(inv state.Inventory) map[string][]state.Set {
	split := map[string][]state.Set{}
	for _, vm := range inv.VMs() {
		split[vm] = inv.Of(vm)
	}
	return split
}

// Without is the world in which a place could not be read, for that reason.
func (w *World) Without(place string, err error) *World {
	other := *w
	other.Inventories = maps.Clone(w.Inventories)
	other.Inventories[place] = state.Inventory{Place: place, Err: err}
	return &other
}

// ReadError is why a place could not be read; nil if it could.
func (w *World) ReadError(place string) error {
	inv, ok := w.Inventories[place]
	if !ok {
		return ErrNotRead
	}
	return inv.Err
}

// Readable reports whether a place could be read as a whole.
func (w *World) Readable(place string) bool { return w.ReadError(place) == nil }

// Empty reports whether a source was not read, or holds nothing.
func (w *World) Empty(source string) bool { return !w.Readable(source) || len(w.holds[source]) == 0 }

// VMs are those of which a source holds sets, or may, by name.
func (w *World) VMs(source string) []string { return slices.Sorted(maps.Keys(w.holds[source])) }

// Holds reports whether a source holds sets of a VM, or may.
func (w *World) Holds(source, vm string) bool {
	_, held := w.holds[source][vm]
	return held
}

// Sets are those of a VM at a source, in whatever state, oldest first.
func (w *World) Sets(source, vm string) []state.Set { return w.holds[source][vm] }

// Zone is the location of the times in the names of a source's sets.
func (w *World) Zone(s config.Source) (*time.Location, error) {
	if s.Timezone == "" || s.Timezone == "Local" {
		return w.Now.Location(), nil
	}
	return time.LoadLocation(s.Timezone)
}

// assignment is a backup that wants a VM at a destination.
type assignment struct {
	source config.Source
	backup config.Backup
	copy   config.Copy
}

func (w *World) assignment(s config.Source, d config.Destination, vm string) (assignment, bool) {
	b, ok := w.Spec.Assign(s.Name, vm)
	if !ok {
		return assignment{}, false
	}
	for _, c := range b.Copies {
		if c.Destination == d.Name {
			return assignment{s, b, c}, true
		}
	}
	return assignment{}, false
}

// Places are the names of all places, in the order of the configuration.
func (w *World) Places() (names []string) {
	for _, s := range w.Spec.Sources {
		names = append(names, s.Name)
	}
	for _, d := range w.Spec.Destinations {
		names = append(names, d.Name)
	}
	return names
}

// Addresses are those of all sets at the places, or that may be uploaded.
func (w *World) Addresses() []string {
	var all []string
	for place, inv := range w.Inventories {
		for _, s := range inv.Sets {
			all = append(all, state.Address(place, s.Key))
		}
		for _, s := range inv.Staged {
			all = append(all, state.Address(place, s.Key))
		}
		for _, t := range inv.Trash {
			all = append(all, state.Address(place, t.Key))
		}
		for _, s := range inv.Vanished(inv.Known) {
			all = append(all, state.Address(place, state.KeyOf(s.Key)))
		}
		for _, a := range inv.Asides {
			all = append(all, state.Address(place, a.Key))
		}
	}
	for _, d := range w.Spec.Destinations {
		for _, s := range w.Spec.Sources {
			all = append(all, w.coming(s, d)...)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// coming are the addresses that sets of a source have, or would have, at a
// destination.
func (w *World) coming(s config.Source, d config.Destination) (all []string) {
	for vm, sets := range w.holds[s.Name] {
		if _, ok := w.assignment(s, d, vm); !ok {
			continue
		}
		for _, set := range sets {
			all = append(all, state.Address(d.Name, set.Key))
		}
	}
	return all
}
