package diff

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/vmxsync/vmxsync/diff/notice"
	"github.com/vmxsync/vmxsync/state"
)

// addPlaces describes sources, then destinations, in the order of the
// configuration.
func (w *planner) addPlaces() error {
	var errs []error
	for _, s := range w.Spec.Sources {
		place := Place{Name: s.Name, Role: SourceRole, Type: s.Type, Layout: s.Layout, Ignore: s.Ignore}
		errs = append(errs, w.addPlace(place, s.Settings))
	}
	for _, d := range w.Spec.Destinations {
		place := Place{
			Name: d.Name, Role: DestinationRole, Type: d.Type, Layout: d.Layout,
			WorkDir: state.WorkDir(d.WorkDir), Trust: d.TrustUnmarked, Publish: d.Publish,
			Owner: w.owner(d.Name), Former: w.former(d.Name),
		}
		if part := w.parts[d.Name]; part != nil {
			place.Observed = part.Observed
		}
		if place.Quota = d.Quota; d.Quota > 0 {
			place.Held = holding(w.Inventories[d.Name])
		}
		slices.SortFunc(place.Observed, func(a, b Observed) int { return strings.Compare(a.Scope, b.Scope) })
		if w.owns(place) {
			place.Steps = []Step{{ID: d.Name + "#own", Op: OpOwn, To: place.WorkDir.Owner()}}
			for _, n := range w.Inventories[d.Name].Neighbours {
				place.Steps = append(place.Steps, Step{ID: d.Name + "#disown " + string(n.WorkDir), Op: OpDisown, From: n.WorkDir.Owner(), Needs: []string{d.Name + "#own"}})
			}
		}
		place.Known = w.record(d, place)
		place.Going = place.Known != nil && len(w.Inventories[d.Name].Going) > 0
		errs = append(errs, w.addPlace(place, d.Settings))
	}
	return errors.Join(errs...)
}

// owner is whose root it is. Where this configuration died while it took the
// root, it takes it again.
func (w *planner) owner(destination string) string {
	inv := w.Inventories[destination]
	if inv.OwnerPending && inv.Owner == w.Spec.Name {
		return ""
	}
	return inv.Owner
}

// owns reports whether the plan makes the root its own: where it does anything
// there for the first time, or takes it over.
func (w *planner) owns(p Place) bool {
	if p.Owner == "" {
		return w.readable(p.Name) && (w.busy(p.Name) || w.Options.TakeOver)
	}
	return p.Owner != w.Spec.Name || w.Options.TakeOver && w.succeeds(p.Name) // else it would not have been planned
}

// busy reports whether the plan changes anything at a destination.
func (w *planner) busy(destination string) bool {
	p := w.parts[destination]
	return p != nil && p.busy()
}

// succeeds reports whether our own root has something of other configurations that
// this plan takes over.
func (w *planner) succeeds(destination string) bool {
	inv := w.Inventories[destination]
	known := append([]string{w.Spec.Name}, inv.Former...)
	return len(inv.Neighbours) > 0 ||
		slices.ContainsFunc(w.names(destination), func(name string) bool { return !slices.Contains(known, name) })
}

func (w *planner) addPlace(p Place, settings settings) error {
	if settings != nil {
		p.Location = settings.Place()
	}
	if !w.readable(p.Name) {
		p.Unreachable = strings.ToValidUTF8(w.readError(p.Name).Error(), "\ufffd")
	}
	switch {
	case len(p.Steps) > 0 && p.Owner != "":
		w.notes.add(notice.TakenOver(p.Name, p.Owner, w.Spec.Name))
	case len(p.Steps) > 0:
		w.notes.add(notice.FirstUseOf(p.Name, p.Location, string(p.WorkDir), w.Spec.Name))
	}
	data, err := json.Marshal(settings)
	if err != nil {
		return fmt.Errorf("settings of %s: %w", p.Name, err)
	}
	p.Settings = data
	w.plan.Places = append(w.plan.Places, p)
	return nil
}
