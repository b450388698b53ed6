package diff

import (
	"errors"
	"fmt"

	"github.com/vmxsync/vmxsync/diff/decide"
	"github.com/vmxsync/vmxsync/diff/observe"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

// ErrReplace: -replace names a set that cannot be exchanged.
var ErrReplace = errors.New("cannot be replaced")

// refuseReplaces joins an error for each set that -replace names and that cannot be replaced.
func refuseReplaces(all *planned) error {
	var errs []error
	for _, address := range all.world.Flags.Replace {
		if why := checkReplaced(all, address); why != nil {
			err := fmt.Errorf("-replace=%q: it %w: %s", address, ErrReplace, why)
			errs = append(errs, providers.WithHint(err, "Leave out -replace. vmxsync list shows the states of the sets."))
		}
	}
	return errors.Join(errs...)
}

// checkReplaced returns why a set is not replaced in this plan; nil if it is, or is left
// out on purpose.
func checkReplaced(all *planned, address string) error {
	place, k, err := state.SplitAddress(address)
	if err != nil {
		return err
	}
	g := all.groups[state.Scope(place, k.VM)]
	if g == nil {
		return errNoSuchSet
	}
	d, there := g.Of(k)
	if !there {
		return errNoSuchSet
	}
	switch err := observe.CheckReplace(&g.Group, d.Candidate); {
	case d.Disposition.Creates(), d.Disposition == decide.Omit:
		return nil
	case err != nil:
		return err
	case d.Way != observe.ByReplace:
		return errors.New("its names cannot be used")
	case d.Held():
		return errors.New("nothing of this VM is changed now")
	}
	return errors.New("no rule would keep it: " + d.Why())
}

var errNoSuchSet = errors.New("the destination has no such set in this plan")
