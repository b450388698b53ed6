package session

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

// OpenSaved opens the places that the plan needs: destinations that change or justify
// a prune, and the sources of both. The caller closes the stores, also after an error.
func OpenSaved(ctx context.Context, e *Env, plan *diff.Plan, secrets providers.Secrets) (Places, error) {
	o := Places{Stores: map[string]providers.Store{}, Missing: map[string]error{}}
	needed := neededPlaces(plan)
	for _, place := range plan.Places {
		if !needed[place.Name] {
			continue
		}
		settings, err := savedSettings(e, place)
		if err != nil {
			return o, err
		}
		store, err := e.Open(ctx, place.Name, place.Type, settings, secrets)
		switch {
		case err == nil:
			o.Stores[place.Name] = store
		case ctx.Err() != nil || place.Role == diff.SourceRole:
			return o, failure.Hinted(fmt.Errorf("%s: %w", place.Name, err), providers.Hint(err))
		default:
			o.Missing[place.Name] = err
		}
	}
	if err := o.none(plan); err != nil {
		return o, err
	}
	return o, checkOverlaps(o.Stores)
}

// Places are the open places of a plan. A destination that cannot be opened does not
// hold up the others.
type Places struct {
	Stores  map[string]providers.Store
	Missing map[string]error // those that could not be opened
}

// none returns an error if no destination could be opened.
func (o Places) none(plan *diff.Plan) error {
	var errs []error
	for _, place := range plan.Places {
		if place.Role == diff.DestinationRole && o.Stores[place.Name] != nil {
			return nil
		}
		if err := o.Missing[place.Name]; err != nil {
			errs = append(errs, failure.Hinted(fmt.Errorf("%s: %w", place.Name, err), providers.Hint(err)))
		}
	}
	return errors.Join(errs...)
}

func neededPlaces(plan *diff.Plan) map[string]bool {
	needed := map[string]bool{}
	for _, place := range plan.Places {
		if place.Own || place.Known != nil {
			needed[place.Name] = true
		}
	}
	for _, c := range plan.Changes {
		destination, _, _ := state.SplitAddress(c.Address)
		needed[destination], needed[c.Source] = true, true
		if c.Mode == diff.Remove { // it retains sets of its own group
			continue
		}
		for _, address := range c.Retains {
			holder, _, _ := state.SplitAddress(address)
			needed[holder] = true
		}
	}
	for _, c := range plan.Cleanups {
		needed[c.Place] = true
	}
	for _, s := range plan.Verify {
		if len(s.Reads) > 0 {
			needed[s.Destination] = true
		}
	}
	return needed
}

func savedSettings(e *Env, place diff.Place) (providers.Settings, error) {
	d, err := e.driver(place.Type)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", place.Name, err)
	}
	settings := d.New()
	if err := json.Unmarshal(place.Settings, settings); err != nil {
		return nil, fmt.Errorf("%s: settings: %w", place.Name, err)
	}
	return settings, nil
}

// CloseAll ends all sessions.
func (o Places) CloseAll() { (&World{Stores: o.Stores}).CloseAll() }

// NothingToDo reports whether a plan has neither changes nor anything to clean up.
func NothingToDo(plan *diff.Plan) bool {
	for _, place := range plan.Places {
		if place.Own {
			return false
		}
	}
	return plan.Empty() && len(plan.Cleanups) == 0
}
