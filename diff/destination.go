package diff

import (
	"slices"

	"github.com/vmxsync/vmxsync/diff/decide"
	"github.com/vmxsync/vmxsync/diff/notice"
	"github.com/vmxsync/vmxsync/diff/observe"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
	"github.com/vmxsync/vmxsync/state/known"
)

// DestinationPlan is the part of a plan that one destination has in it. It is a value that
// no other part shares: it can be made again, and be thrown away.
type DestinationPlan struct {
	Name     string
	Changes  []Change   // in the order of work
	Cleanups []Cleanup  // of leftovers
	Kept     []Kept     // sets
	Groups   []Group    // of touched scopes
	Observed []Observed // the same, as they were seen
	Notes    []notice.Note

	groups    []*decide.Group // all of them, by VM
	selection decide.Selection
	accepted  []known.Acceptance // of what is wrong with sets
	held      int64              // bytes that the destination holds now
	refused   error              // why the destination has no part in the plan after all
}

// busy reports whether there is work to do.
func (p *DestinationPlan) busy() bool { return p != nil && len(p.Changes)+len(p.Cleanups) > 0 }

// planDestination observes, decides and schedules for a destination that was read, without
// regard to its quota. An error names the VMs that two backups send there.
func planDestination(w *observe.World, d config.Destination, q observe.Queue) (DestinationPlan, error) {
	groups, notes, err := observe.Observe(w, d, q)
	p := DestinationPlan{Name: d.Name, Notes: notes, held: holding(w.Inventories[d.Name])}
	for _, observed := range groups {
		g := decide.Decide(observed)
		p.add(&g)
	}
	return p, err
}

// add takes a group into the plan: what is done about it, and what apply must know of it
// where anything is.
func (p *DestinationPlan) add(g *decide.Group) {
	changes, cleanups := schedule(g), cleanups(g)
	p.groups = append(p.groups, g)
	p.Changes = append(p.Changes, changes...)
	p.Cleanups = append(p.Cleanups, cleanups...)
	for _, k := range g.Kept {
		p.Kept = append(p.Kept, Kept{Address: g.Address(k.Key), State: k.State, Reasons: k.Reasons})
	}
	p.Notes = append(p.Notes, g.Notes...)
	p.accepted = append(p.accepted, g.Accepted...)
	p.selection.Join(g.Selection)
	if len(changes) > 0 || slices.ContainsFunc(cleanups, func(c Cleanup) bool { return c.Kind == ReturnCleanup }) {
		p.Groups = append(p.Groups, inPlan(g))
		p.Observed = append(p.Observed, observed(g))
	}
}

// inPlan is what apply must know of a group.
func inPlan(g *decide.Group) Group {
	return Group{Destination: g.Destination.Name, VM: g.VM, MinKeep: g.Policy.MinKeep, Order: g.Order}
}

func observed(g *decide.Group) Observed {
	o := Observed{Scope: g.Scope(), Sets: []ObservedSet{}}
	for _, c := range slices.Backward(g.Candidates) {
		if r := c.Remote; r != nil {
			o.Sets = append(o.Sets, ObservedSet{Name: c.Key.Stamp, State: r.State, Files: len(r.Files), Bytes: r.Bytes(), SHA256: c.Digest})
		}
	}
	return o
}

// holding adds up the bytes of all that was seen, ours and other tools' sets.
func holding(inv state.Inventory) (n int64) {
	for _, s := range inv.Sets {
		n += s.Bytes()
	}
	for _, s := range inv.Staged {
		n += s.Bytes()
		if s.AtFinal() {
			n += s.Set.Bytes()
		}
	}
	for _, t := range inv.Trash {
		n += t.Bytes()
	}
	return n
}
