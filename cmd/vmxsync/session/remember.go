package session

import (
	"fmt"

	"github.com/vmxsync/vmxsync/apply/outcome"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/statedir"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/known"
)

// RememberPlaces marks the destinations of a plan that was applied, and keeps copies of the
// records that were written there. If that fails, the apply does not fail.
func RememberPlaces(e *Env, plan *diff.Plan, stores map[string]providers.Store, records map[string]*known.Record) {
	for _, place := range plan.Places {
		if place.Role != diff.DestinationRole || stores[place.Name] == nil || place.Unreachable != "" || place.Owner == "" && !place.Own {
			continue
		}
		if err := e.State.Use(place.Location, records[place.Name]); err != nil {
			e.Report.Warn("State directory not writable", fmt.Sprintf("The use of %s could not be recorded: %v.", place.Name, err), "")
		}
	}
}

// RefreshRecords updates the time in the local copies of records that still match the
// destination.
func RefreshRecords(e *Env, plan *diff.Plan, w *World) {
	same := map[string]*known.Record{}
	for _, place := range plan.Places {
		if inv := w.Inventories[place.Name]; place.Known == nil && inv.Err == nil && inv.Known != nil {
			same[place.Name] = inv.Known.Clone()
			same[place.Name].At = plan.Now
		}
	}
	if len(same) > 0 {
		RememberPlaces(e, plan, w.Stores, same)
	}
}

// RememberSent records the sets that an apply has sent, and forgets those that it has
// deleted. If that fails, the apply does not fail.
func RememberSent(e *Env, plan *diff.Plan, r outcome.Result) {
	done := map[string]bool{}
	for _, o := range r.Outcomes {
		done[o.Address] = o.Status == outcome.StatusDone
	}
	changed := map[string]map[string]string{} // destination, set, fingerprint; "" to forget
	for _, c := range plan.Changes {
		place, k, err := state.SplitAddress(c.Address)
		sends := c.Source != "" && c.Mode != diff.Adopt && !c.Fetches()
		if err != nil || !done[c.Address] || !sends && c.Mode != diff.Remove {
			continue
		}
		if changed[place] == nil {
			changed[place] = map[string]string{}
		}
		changed[place][k.String()] = ""
		if sends {
			changed[place][k.String()] = statedir.Fingerprint(c.Files)
		}
	}
	for name, sets := range changed {
		if place, ok := plan.Place(name); ok {
			e.State.Send(place.Location, sets)
		}
	}
}
