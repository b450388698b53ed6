package observe

import (
	"cmp"
	"errors"

	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
)

// CheckKnown returns why the sets of a VM at a place are not known; nil if they are.
func CheckKnown(inv state.Inventory, vm string) error {
	for _, name := range []string{vm, state.AnyVM} {
		if why, ok := inv.UnknownVMs[name]; ok {
			return errors.New(cmp.Or(why, "its listing failed"))
		}
	}
	return nil
}

// checkWhole returns why a VM may have sets that are not listed; nil if the listing is
// complete.
func checkWhole(inv state.Inventory, vm string) error {
	if why := cmp.Or(inv.NotWhole[vm], inv.NotWhole[state.AnyVM]); why != "" {
		return errors.New(why)
	}
	return nil
}

// CheckDeletes returns why nothing may be deleted because of what a source holds of a VM;
// nil if it may.
func (w *World) CheckDeletes(s config.Source, vm string) error {
	switch {
	case w.Empty(s.Name):
		return errors.New("nothing is deleted while " + s.Name + " holds no sets")
	case CheckKnown(w.Inventories[s.Name], vm) != nil:
		return errors.New("nothing is deleted while the sets of this VM at " + s.Name + " are not known")
	}
	return nil
}

// CheckSource returns why it is not known what the source holds of a VM; nil if it is.
func (w *World) CheckSource(source, vm string) error {
	if err := w.ReadError(source); err != nil {
		return err
	}
	return CheckKnown(w.Inventories[source], vm)
}
