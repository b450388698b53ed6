package diff

import (
	"errors"
	"slices"

	"github.com/vmxsync/vmxsync/diff/flags"
	"github.com/vmxsync/vmxsync/state"
)

// refuseNames joins an error for each pattern of a flag that matches nothing: a typo
// must not look like a plan with nothing to do. Sources have
// nothing to destroy, to adopt or to replace.
func (w *planner) refuseNames() error {
	o := w.Options
	if len(o.Target)+len(o.Exclude)+len(o.Adopt)+len(o.Replace)+len(o.Accept) == 0 {
		return nil
	}
	all := flags.Nameable{Known: w.addresses(), Unread: w.unread()}
	there := flags.Nameable{Known: w.atDestinations(all.Known), Unread: w.atDestinations(all.Unread)}
	targets := all
	if o.Destroy {
		targets = there
	}
	return errors.Join(
		targets.Refuse(o, "target", o.Target), all.Refuse(o, "exclude", o.Exclude),
		there.Refuse(o, "adopt", o.Adopt), there.Refuse(o, "replace", o.Replace), there.Refuse(o, "accept", o.Accept),
	)
}

// atDestinations are those addresses that are not at a source.
func (w *planner) atDestinations(addresses []string) []string {
	return slices.DeleteFunc(slices.Clone(addresses), func(a string) bool {
		_, there := w.Spec.Destination(flags.Levels(a)[0])
		return !there
	})
}

// unread are the places, and the VMs there, that could not be read.
func (w *planner) unread() (all []string) {
	for place, inv := range w.Inventories {
		for vm := range inv.UnknownVMs {
			all = append(all, state.Scope(place, vm))
			if vm == state.AnyVM {
				all = append(all, place)
			}
		}
	}
	for _, d := range w.Spec.Destinations {
		if !w.readable(d.Name) {
			all = append(all, d.Name)
		}
	}
	return all
}

// addresses are those of all sets at the places, or that may be uploaded.
func (w *planner) addresses() []string {
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
func (w *planner) coming(s state.Source, d state.Destination) (all []string) {
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
