package diff

import (
	"cmp"
	"fmt"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

// assignment is a backup that wants a VM at a destination.
type assignment struct {
	source state.Source
	backup state.Backup
	copy   state.Copy
}

func (w *planner) assignment(s state.Source, d state.Destination, vm string) (assignment, bool) {
	b, ok := w.Spec.Assign(s.Name, vm)
	if !ok {
		return assignment{}, false
	}
	for _, c := range b.Copies {
		if c.Destination == d.Name {
			return assignment{s, b, c}, true
		}
	}
	return assignment{}, false
}

// newGroup finds the backup that decides on a VM at a destination: the one whose source
// holds the VM; else the one that names it literally; else there is none.
func (w *planner) newGroup(p *DestinationPlan, d state.Destination, vm string) (*group, error) {
	c := &group{w: w, to: p, dest: d, work: state.WorkDir(d.WorkDir), vm: vm, rule: unassignedRule, policy: state.Policy{MinKeep: 1}}
	var held, literal, any []assignment
	for _, s := range w.Spec.Sources {
		x, ok := w.assignment(s, d, vm)
		if !ok {
			continue
		}
		any = append(any, x)
		if _, holds := w.holds[s.Name][vm]; holds {
			held = append(held, x)
		}
		if w.Spec.Literal(x.backup, vm) {
			literal = append(literal, x)
		}
	}
	switch {
	case len(held) > 0:
		return c, c.assignTo(held, "")
	case len(literal) > 0:
		return c, c.assignTo(literal, "")
	case len(any) > 0:
		return c, c.assignTo(any[:1], orphanRule)
	}
	return c, nil
}

func (c *group) assignTo(xs []assignment, rule string) error {
	if len(xs) > 1 {
		return providers.WithHint(fmt.Errorf("%q %w: backup %q of source %q and backup %q of source %q both send it there",
			state.Scope(c.dest.Name, c.vm), ErrAmbiguous, xs[0].backup.Name, xs[0].source.Name, xs[1].backup.Name, xs[1].source.Name),
			"Exclude the VM in one of the two backups, or send one of them to another destination.")
	}
	policy, _ := c.w.Spec.Policy(xs[0].copy.Policy)
	policy.MinKeep = max(policy.MinKeep, 1)
	c.source, c.policy, c.order, c.rule = xs[0].source, policy, xs[0].copy.Order, rule
	c.maxBehind = xs[0].backup.MaxBehind
	c.held = c.w.whyNoDeletes(c.source, c.vm)
	_, held := c.w.holds[c.source.Name][c.vm]
	c.ended = xs[0].backup.Retires(c.vm) && !held || rule == orphanRule && c.w.retired(c.dest, c.vm)
	if !c.ended {
		c.fresh = xs[0].backup.FreshWithin
	}
	return nil
}

// whyNoDeletes returns why nothing may be deleted because of what a source holds of a VM.
func (w *planner) whyNoDeletes(s state.Source, vm string) string {
	inv := w.Inventories[s.Name]
	switch {
	case w.emptySources[s.Name]:
		return "nothing is deleted while " + s.Name + " holds no sets"
	case whyUnknown(inv, vm) != "":
		return "nothing is deleted while the sets of this VM at " + s.Name + " are not known"
	}
	return ""
}

// whyIncomplete returns why a VM may have sets that are not listed; "" if the listing is complete.
func whyIncomplete(inv state.Inventory, vm string) string {
	return cmp.Or(inv.NotWhole[vm], inv.NotWhole[state.AnyVM])
}

// whyUnknown returns why the sets of a VM are not known; "" if they are.
func whyUnknown(inv state.Inventory, vm string) string {
	for _, name := range []string{vm, state.AnyVM} {
		if why, ok := inv.UnknownVMs[name]; ok {
			if why == "" {
				why = "its listing failed"
			}
			return why
		}
	}
	return ""
}
