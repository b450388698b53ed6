package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

// openPlaces opens the places that the plan needs: destinations that change or justify
// a prune, and the sources of both. The caller closes the stores, also after an error.
func (p *process) openPlaces(ctx context.Context, plan *diff.Plan, secrets providers.Secrets) (openPlaces, error) {
	o := openPlaces{stores: map[string]providers.Store{}, missing: map[string]error{}}
	needed := neededPlaces(plan)
	for _, place := range plan.Places {
		if !needed[place.Name] {
			continue
		}
		settings, err := savedSettings(place)
		if err != nil {
			return o, err
		}
		store, err := p.open(ctx, place.Name, place.Type, settings, secrets)
		switch {
		case err == nil:
			o.stores[place.Name] = store
		case ctx.Err() != nil || place.Role == diff.SourceRole:
			return o, hinted(fmt.Errorf("%s: %w", place.Name, err), providers.Hint(err))
		default:
			o.missing[place.Name] = err
		}
	}
	if err := o.none(plan); err != nil {
		return o, err
	}
	return o, checkOverlaps(o.stores)
}

// openPlaces are the open places of a plan. A destination that cannot be opened does not
// hold up the others.
type openPlaces struct {
	stores  map[string]providers.Store
	missing map[string]error
}

// none returns an error if no destination could be opened.
func (o openPlaces) none(plan *diff.Plan) error {
	var errs []error
	for _, place := range plan.Places {
		if place.Role == diff.DestinationRole && o.stores[place.Name] != nil {
			return nil
		}
		if err := o.missing[place.Name]; err != nil {
			errs = append(errs, hinted(fmt.Errorf("%s: %w", place.Name, err), providers.Hint(err)))
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
		for _, address := range c.Retains {
			holder, _, _ := state.SplitAddress(address)
			needed[holder] = true
		}
	}
	for _, c := range plan.Cleanups {
		needed[c.Place] = true
	}
	return needed
}

func savedSettings(place diff.Place) (providers.Settings, error) {
	d, err := driver(place.Type)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", place.Name, err)
	}
	settings := d.New()
	if err := json.Unmarshal(place.Settings, settings); err != nil {
		return nil, fmt.Errorf("%s: settings: %w", place.Name, err)
	}
	return settings, nil
}
