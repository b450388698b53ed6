package diff

import (
	"fmt"
	"slices"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

// refuseNeighbours: a second work folder at a root is a second owner, with a lock
// of its own, whatever its name is.
func (w *planner) refuseNeighbours(d state.Destination) error {
	others := w.Inventories[d.Name].Neighbours
	if w.Options.TakeOver || len(others) == 0 {
		return nil
	}
	n := others[0]
	err := fmt.Errorf("destination %q %w: the work folder %s there is that of %q, this is %q with work_dir = %q",
		d.Name, ErrOwner, n.WorkDir, n.Owner, w.Spec.Name, d.WorkDir)
	hint := "Two configurations on one root would delete each other's backups: use another root. If this configuration succeeds the other, take the root over: vmxsync plan -take-over -out=plan.out"
	if n.Owner == w.Spec.Name {
		hint = fmt.Sprintf("If work_dir was changed, change it back to %q. To continue with the new one: vmxsync plan -take-over -out=plan.out", n.WorkDir)
	}
	return providers.WithHint(err, hint)
}

// names are the configurations whose sets count at a destination: this one,
// those that it was taken over from, and those that this plan takes it over from.
func (w *planner) names(destination string) []string {
	inv := w.Inventories[destination]
	names := append([]string{w.Spec.Name}, inv.Former...)
	if !w.Options.TakeOver {
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

// former are the names besides this one's.
func (w *planner) former(destination string) []string {
	names := slices.DeleteFunc(w.names(destination), func(name string) bool { return name == w.Spec.Name })
	slices.Sort(names)
	return slices.Compact(names)
}

// ofAnother reports whether a set was made by a configuration whose sets do not
// count here. A manifest that was not read is believed: see Unproven.
func (c *group) ofAnother(s *state.Set) bool {
	return s.Manifest != nil && s.Manifest.Owner != "" && !slices.Contains(c.names, s.Manifest.Owner)
}
