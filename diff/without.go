package diff

import (
	"slices"

	"github.com/vmxsync/vmxsync/diff/decide"

	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/retention"
)

// without is the plan without the changes that drop selects, and without all that needs
// them. Their sets at the destination are kept, for the reason why.
func (p *Plan) without(drop func(Change) bool, why string) (rest *Plan, dropped []Change) {
	part := *p
	part.Changes, part.Cleanups, part.Kept = []Change{}, []Cleanup{}, slices.Clone(p.Kept)
	seen := p.Seen()
	gone := absent{seen, map[string]bool{}, map[string]bool{}}
	for _, c := range p.Changes {
		if !drop(c) && !gone.needed(c) {
			part.Changes = append(part.Changes, c)
			continue
		}
		dropped = append(dropped, c)
		gone.add(p, c)
		if is, stays := remains(c, seen); stays {
			reason := retention.Reason{Rule: decide.HeldRule, Code: retention.Selected, Text: why}
			part.Kept = append(part.Kept, Kept{Address: c.Address, State: is, Reasons: []Reason{reason}})
		}
	}
	for _, c := range p.Cleanups {
		if !gone.staged[c.Place+"/"+c.Path] {
			part.Cleanups = append(part.Cleanups, c)
		}
	}
	part.untouch()
	part.Summary = part.Summarize()
	return &part, dropped
}

// absent is what is left out of a plan.
type absent struct {
	seen   map[string]state.State
	broken map[string]bool // scopes with a change that is left out
	staged map[string]bool // staged folders, with their places
}

// add leaves the staged folder of a change alone as well: with the change, it
// was of no use.
func (x absent) add(p *Plan, c Change) {
	name, k, _ := state.SplitAddress(c.Address)
	place, _ := p.Place(name)
	if c.Mode != Remove || x.atFinal(c) {
		x.broken[state.Scope(name, k.VM)] = true
	}
	x.staged[name+"/"+place.WorkDir.Staged(k)] = true
}

// needed reports whether a change needs one that is left out: a delete at a final name needs
// all changes of its group before it.
func (x absent) needed(c Change) bool {
	name, k, _ := state.SplitAddress(c.Address)
	return c.Mode == Remove && x.atFinal(c) && x.broken[state.Scope(name, k.VM)]
}

// atFinal reports whether a set is deleted from its final name, and not from staging.
func (x absent) atFinal(c Change) bool { return x.seen[c.Address] != "" }

// remains is the state of the set at the destination where the change is not made;
// false if it has none, or the change is not at a destination.
func remains(c Change, seen map[string]state.State) (state.State, bool) {
	if is := seen[c.Address]; is != "" {
		return is, true
	}
	return state.Incomplete, c.Action != Create && c.Mode != Prune
}

// untouch drops the scopes that nothing changes any more.
func (p *Plan) untouch() {
	touched := map[string]bool{}
	for _, c := range p.Changes {
		place, k, _ := state.SplitAddress(c.Address)
		touched[state.Scope(place, k.VM)] = true
		if c.Mode == Prune {
			p.touchAll(touched, k.VM)
		}
	}
	for _, c := range p.Cleanups {
		if c.Kind == ReturnCleanup {
			touched[state.Scope(c.Place, c.VM)] = true
		}
	}
	p.Groups = slices.DeleteFunc(slices.Clone(p.Groups), func(g Group) bool { return !touched[state.Scope(g.Destination, g.VM)] })
	p.Places = slices.Clone(p.Places)
	for i, x := range p.Places {
		p.Places[i].Observed = slices.DeleteFunc(slices.Clone(x.Observed), func(o Observed) bool { return !touched[o.Scope] })
	}
}

// touchAll adds the groups of a VM everywhere: a prune is justified by what all
// destinations hold.
func (p *Plan) touchAll(touched map[string]bool, vm string) {
	for _, x := range p.Places {
		touched[state.Scope(x.Name, vm)] = true
	}
}
