package diff

import (
	"errors"
	"slices"

	"github.com/vmxsync/vmxsync/diff/observe"

	"github.com/vmxsync/vmxsync/diff/flags"
	"github.com/vmxsync/vmxsync/state"
)

// refuseNames joins an error for each pattern of a flag that matches nothing: a typo
// must not look like a plan with nothing to do. Sources have
// nothing to destroy, to adopt or to replace.
func refuseNames(w *observe.World) error {
	o := w.Flags
	if len(o.Target)+len(o.Exclude)+len(o.Adopt)+len(o.Replace)+len(o.Accept) == 0 {
		return nil
	}
	all := flags.Nameable{Known: w.Addresses(), Unread: unread(w)}
	there := flags.Nameable{Known: atDestinations(w, all.Known), Unread: atDestinations(w, all.Unread)}
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
func atDestinations(w *observe.World, addresses []string) []string {
	return slices.DeleteFunc(slices.Clone(addresses), func(a string) bool {
		_, there := w.Spec.Destination(flags.Levels(a)[0])
		return !there
	})
}

// unread are the places, and the VMs there, that could not be read.
func unread(w *observe.World) (all []string) {
	for place, inv := range w.Inventories {
		for vm := range inv.UnknownVMs {
			all = append(all, state.Scope(place, vm))
			if vm == state.AnyVM {
				all = append(all, place)
			}
		}
	}
	for _, d := range w.Spec.Destinations {
		if !w.Readable(d.Name) {
			all = append(all, d.Name)
		}
	}
	return all
}
