package observe

import (
	"slices"

	"github.com/vmxsync/vmxsync/state"
)

// Owners are the configurations whose sets count at a destination: this one, those that it
// was taken over from, and those that this plan takes it over from.
func (w *World) Owners(destination string) []string {
	inv := w.Inventories[destination]
	names := append([]string{w.Spec.Name}, inv.Former...)
	if !w.Flags.TakeOver {
		return names
	}
	if inv.Owner != "" {
		names = append(names, inv.Owner)
	}
	for _, n := range inv.Neighbours {
		names = append(names, n.Owner)
	}
	for _, s := range inv.Sets {
		if s.Manifest != nil && s.Manifest.Owner != "" {
			names = append(names, s.Manifest.Owner)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// ofAnother reports whether a set was made by a configuration whose sets do not count here.
// A manifest that was not read is believed until it is proven.
func (g *Group) ofAnother(s *state.Set) bool {
	return s.Manifest != nil && s.Manifest.Owner != "" && !slices.Contains(g.owners, s.Manifest.Owner)
}
