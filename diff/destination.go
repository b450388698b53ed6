package diff

import (
	"errors"
	"slices"

	"github.com/vmxsync/vmxsync/diff/notice"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/known"
)

// DestinationPlan is the part of a plan that one destination has in it, made of values
// that no other part shares: it can be made again, or be thrown away.
type DestinationPlan struct {
	Name     string
	Changes  []Change   // in the order of work
	Cleanups []Cleanup  // of leftovers
	Kept     []Kept     // sets
	Groups   []Group    // of touched scopes, as Observed
	Observed []Observed // by VM

	notes     notes
	selection selection
	accepted  []known.Acceptance // sets of which it accepts what is wrong with them
	groups    []*group           // all of them, by VM
	held      int64              // bytes that the destination holds now
	refused   error              // why the destination has no part in the plan after all
}

// busy reports whether there is work to do.
func (p *DestinationPlan) busy() bool { return len(p.Changes)+len(p.Cleanups) > 0 }

// planDestination plans a destination that was read, without regard to its quota. An
// error names the VMs that two backups send there.
func (w *planner) planDestination(d state.Destination, q queue) (DestinationPlan, error) {
	inv := w.Inventories[d.Name]
	p := DestinationPlan{Name: d.Name, held: holding(inv)}
	var errs []error
	work := indexWork(inv)
	var groups []*group
	for _, vm := range w.vmsAt(&p, d, inv) {
		c, err := w.newGroup(&p, d, vm)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		c.fill(inv, work)
		c.judge(q)
		groups = append(groups, c)
	}
	w.findOverwritten(groups)
	for _, c := range groups {
		c.plan()
	}
	return p, errors.Join(errs...)
}

// vmsAt lists the VMs that the destination holds anything of, or may get.
func (w *planner) vmsAt(p *DestinationPlan, d state.Destination, inv state.Inventory) []string {
	vms := inv.VMs()
	for _, s := range inv.Staged {
		vms = append(vms, s.VM)
	}
	for _, t := range inv.Trash {
		vms = append(vms, t.VM)
	}
	for _, s := range inv.Vanished(inv.Known) {
		vms = append(vms, s.VM)
	}
	for _, s := range w.Spec.Sources {
		for vm := range w.holds[s.Name] {
			if _, ok := w.assignment(s, d, vm); ok {
				vms = append(vms, vm)
			}
		}
	}
	slices.Sort(vms)
	vms = slices.DeleteFunc(slices.Compact(vms), func(vm string) bool { return vm == state.AnyVM || p.notes.badName(d.Name, &notice.OddName, vm) })
	return w.withoutCaseClashes(&p.notes, d, inv, vms)
}

// join takes the part of a destination into the plan.
func (w *planner) join(p DestinationPlan) {
	w.parts[p.Name] = &p
	w.notes = append(w.notes, p.notes...)
	w.selection.join(p.selection)
	if p.refused != nil {
		w.Inventories[p.Name] = state.Inventory{Place: p.Name, Err: p.refused}
	}
	for _, c := range p.groups {
		w.groups[state.Scope(p.Name, c.vm)] = c
	}
	w.plan.Changes = append(w.plan.Changes, p.Changes...)
	w.plan.Cleanups = append(w.plan.Cleanups, p.Cleanups...)
	w.plan.Kept = append(w.plan.Kept, p.Kept...)
	w.plan.Groups = append(w.plan.Groups, p.Groups...)
}

// touch adds a group to the plan that nothing changes, so that apply checks it.
func (w *planner) touch(c *group) {
	if c.touched {
		return
	}
	c.touched = true
	w.plan.Groups = append(w.plan.Groups, c.inPlan())
	part := w.parts[c.dest.Name]
	part.Observed = append(part.Observed, c.observed())
}
