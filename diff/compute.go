package diff

import (
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/vmxsync/vmxsync/diff/decide"
	"github.com/vmxsync/vmxsync/diff/notice"
	"github.com/vmxsync/vmxsync/diff/observe"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
)

// Input is all that a plan depends on.
type Input struct {
	Spec *config.Spec
	// Inventories of sources and destinations, by the name of the place. A
	// place that is missing here counts as one that could not be read.
	Inventories map[string]state.Inventory
	// Now is the instant of the plan. Its location is the zone of the sources
	// whose timezone is "Local".
	Now     time.Time
	Clock   string // "VMXSYNC_NOW" where Now is not the clock's
	Options Options
	// Prove reads what the plan rests on before it deletes anything; nil: a manifest that was
	// not seen is believed. What it returns replaces the sets in Inventories.
	Prove Prove
}

func (in Input) world() *observe.World {
	return observe.NewWorld(in.Spec, in.Inventories, in.Now, in.Options)
}

// Compute makes the plan that brings the destinations to what the
// configuration wants. An error explains why there is no plan; it may join
// several, each with a hint (providers.Hint). A set or group that cannot be
// dealt with is a notice, and left as it is.
//
// Whatever justifies a delete is proven first, if Input has a way to do so: see Unproven.
func Compute(in Input) (*Plan, error) {
	if in.Prove != nil {
		return computeProven(in)
	}
	return compute(in)
}

func compute(in Input) (*Plan, error) {
	w := in.world()
	notes, err := refuse(w)
	if err := errors.Join(err, refuseNames(w)); err != nil {
		return nil, err
	}
	all, err := planDestinations(w)
	if err := errors.Join(err, refuseReplaces(all)); err != nil {
		return nil, err
	}
	pruned := pruneSources(all)
	places, placeNotes, err := describe(all, pruned)
	if err != nil {
		return nil, err
	}
	notes = slices.Concat(notes, all.notes(), pruned.notes, noteSources(all), placeNotes, notesOfProofs(all))
	p := join(in, all, pruned)
	p.Places, p.Verify = places, shares(all)
	p.Notices = slices.Concat(noticesOfPlan(in, all, pruned), notice.List(notes, w.Places()), askedAgain(in.Spec))
	p.Guard = p.judge(newGuard(in.Spec.Guard), stocks(all))
	return p, nil
}

// join makes one plan of the parts, without its places and notices.
func join(in Input, all *planned, pruned pruned) *Plan {
	p := &Plan{
		Name: in.Spec.Name, Clock: in.Clock, Now: in.Now.UTC(), Options: in.Options, Variables: map[string]json.RawMessage{},
		Hooks: in.Spec.Hooks, Notifies: in.Spec.Notifies, Metrics: in.Spec.Metrics, Log: in.Spec.Log,
	}
	p.Options.Accept = all.world.Flags.Meant(in.Options.Accept) // an apply asks it again, of what was there
	for _, f := range in.Spec.Files {
		p.Config = append(p.Config, ConfigFile{Path: f.Path, SHA256: f.SHA256})
	}
	for _, v := range in.Spec.Variables {
		if v.Sensitive {
			p.ApplyTimeVariables = append(p.ApplyTimeVariables, v.Name)
			continue
		}
		p.Variables[v.Name] = json.RawMessage(v.JSON)
	}
	slices.Sort(p.ApplyTimeVariables)
	for _, d := range in.Spec.Destinations {
		if part := all.parts[d.Name]; part != nil {
			p.Changes = append(p.Changes, part.Changes...)
			p.Cleanups = append(p.Cleanups, part.Cleanups...)
			p.Kept = append(p.Kept, part.Kept...)
			p.Groups = append(p.Groups, part.Groups...)
		}
	}
	p.Changes = append(p.Changes, pruned.changes...)
	p.Cleanups = append(p.Cleanups, pruned.cleanups...)
	for _, g := range pruned.touched {
		p.Groups = append(p.Groups, inPlan(g))
	}
	p.Summary = p.Summarize()
	return p
}

// planDestinations plans all destinations that were read, within their quotas.
func planDestinations(w *observe.World) (*planned, error) {
	all := &planned{world: w, parts: map[string]*DestinationPlan{}, groups: map[string]*decide.Group{}}
	var errs []error
	for _, d := range w.Spec.Destinations {
		if w.Readable(d.Name) {
			part, err := planWithin(w, d)
			errs = append(errs, err)
			all.add(part)
		}
	}
	return all, errors.Join(errs...)
}
