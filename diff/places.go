package diff

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/vmxsync/vmxsync/diff/notice"
	"github.com/vmxsync/vmxsync/diff/observe"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
)

// describe describes sources, then destinations, in the order of the configuration.
func describe(all *planned, pruned pruned) (places []Place, notes []notice.Note, err error) {
	w := all.world
	var errs []error
	for _, s := range w.Spec.Sources {
		place := Place{Name: s.Name, Role: SourceRole, Type: s.Type, Layout: s.Layout, Ignore: s.Ignore}
		errs = append(errs, opened(w, &place, s.Settings))
		places = append(places, place)
	}
	for _, d := range w.Spec.Destinations {
		place := destinationPlace(all, d)
		for _, g := range pruned.touched {
			if g.Destination.Name == d.Name {
				place.Observed = append(place.Observed, observed(g))
			}
		}
		slices.SortFunc(place.Observed, func(a, b Observed) int { return strings.Compare(a.Scope, b.Scope) })
		record, recordNotes := recordFor(all, d, place)
		place.Known = record
		place.Going = record != nil && len(w.Inventories[d.Name].Going) > 0
		errs = append(errs, opened(w, &place, d.Settings))
		switch {
		case place.Own && place.Owner != "":
			notes = append(notes, notice.TakenOver(place.Name, place.Owner, w.Spec.Name))
		case place.Own:
			notes = append(notes, notice.FirstUseOf(place.Name, place.Location, string(place.WorkDir), w.Spec.Name))
		}
		notes = append(notes, recordNotes...)
		places = append(places, place)
	}
	return places, notes, errors.Join(errs...)
}

func destinationPlace(all *planned, d config.Destination) Place {
	inv := all.world.Inventories[d.Name]
	place := Place{
		Name: d.Name, Role: DestinationRole, Type: d.Type, Layout: d.Layout,
		WorkDir: state.WorkDir(d.WorkDir), Trust: d.TrustUnmarked, Publish: d.Publish,
		Owner: ownerOf(all.world, d.Name), Former: former(all.world, d.Name),
	}
	if part := all.parts[d.Name]; part != nil {
		place.Observed = slices.Clone(part.Observed)
	}
	if place.Quota = d.Quota; d.Quota > 0 {
		place.Held = holding(inv)
	}
	if place.Own = owns(all, place.Name, place.Owner); place.Own {
		for _, n := range inv.Neighbours {
			place.Disown = append(place.Disown, n.WorkDir)
		}
	}
	return place
}

// opened adds how a place is opened, or why it could not be read.
func opened(w *observe.World, p *Place, settings providers.Settings) error {
	if settings != nil {
		p.Location = settings.Place()
	}
	if err := w.ReadError(p.Name); err != nil {
		p.Unreachable = strings.ToValidUTF8(err.Error(), "\ufffd")
	}
	data, err := json.Marshal(settings)
	if err != nil {
		return fmt.Errorf("settings of %s: %w", p.Name, err)
	}
	p.Settings = data
	return nil
}

// ownerOf is whose root it is. Where this configuration died while it took the root, it
// takes it again.
func ownerOf(w *observe.World, destination string) string {
	inv := w.Inventories[destination]
	if inv.OwnerPending && inv.Owner == w.Spec.Name {
		return ""
	}
	return inv.Owner
}

// owns reports whether the plan makes a root that has that owner its own: where it does
// anything there for the first time, or takes it over.
func owns(all *planned, destination, owner string) bool {
	w := all.world
	if owner == "" {
		return w.Readable(destination) && (all.parts[destination].busy() || w.Flags.TakeOver)
	}
	return owner != w.Spec.Name || w.Flags.TakeOver && succeeds(w, destination) // else it would not have been planned
}

// succeeds reports whether our own root has something of other configurations that
// this plan takes over.
func succeeds(w *observe.World, destination string) bool {
	inv := w.Inventories[destination]
	known := append([]string{w.Spec.Name}, inv.Former...)
	return len(inv.Neighbours) > 0 ||
		slices.ContainsFunc(w.Owners(destination), func(name string) bool { return !slices.Contains(known, name) })
}

// former are the configurations besides this one whose sets count at a destination.
func former(w *observe.World, destination string) []string {
	names := slices.DeleteFunc(w.Owners(destination), func(name string) bool { return name == w.Spec.Name })
	slices.Sort(names)
	return slices.Compact(names)
}
