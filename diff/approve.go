package diff

import (
	"slices"

	"github.com/vmxsync/vmxsync/diff/notice"
	"github.com/vmxsync/vmxsync/state"
)

const unapprovedText = "its delete waits for approval"

// OnlyCreate is the plan without its deletes and replacements, and without what
// needs one of them. Guard.Waiting names them. A plan without any stays as it is.
func (p *Plan) OnlyCreate() *Plan {
	rest, dropped := p.without(Change.DeletesSet, unapprovedText)
	if len(dropped) == 0 {
		return p
	}
	rest, crowded := rest.withinQuotas(dropped, unapprovedText)
	dropped = append(dropped, crowded...)
	rest.Guard = rest.judge(*p.Guard, p.stocks())
	rest.noteWaiting(dropped, "are not approved")
	rest.noteUnsent(dropped)
	waiting := deletedAddresses(dropped)
	rest.Guard.Refusals, rest.Guard.Waiting = []Refusal{{Rule: ApprovalRule, Loss: Loss{Deletes: len(waiting)}}}, waiting
	return rest
}

// noteUnsent is an error at each destination where the newest set of a VM is left out
// with what is not approved: that VM is not backed up until somebody approves it.
func (p *Plan) noteUnsent(dropped []Change) {
	for _, place := range p.Places {
		var unsent []notice.Note
		vms := map[string]bool{}
		for _, c := range dropped {
			at, k, err := state.SplitAddress(c.Address)
			if err != nil || at != place.Name || c.Action == Delete || p.hasSince(at, k) || vms[k.VM] {
				continue
			}
			vms[k.VM] = true
			unsent = append(unsent, notice.Note{Kind: &notice.NotApproved, Place: at, VM: k.VM, Item: k.String(), Why: "it waits for deletes that are not approved"})
		}
		p.Notices = append(p.Notices, notice.List(unsent, []string{place.Name})...)
	}
}

// hasSince reports whether a destination has a complete set of the VM that is newer, or
// gets one.
func (p *Plan) hasSince(place string, k state.Key) bool {
	newer := func(address string) bool {
		at, other, err := state.SplitAddress(address)
		return err == nil && at == place && other.VM == k.VM && other.Stamp > k.Stamp
	}
	return slices.ContainsFunc(p.Kept, func(x Kept) bool { return x.State == state.Complete && newer(x.Address) }) ||
		slices.ContainsFunc(p.Changes, func(c Change) bool { return c.Action != Delete && newer(c.Address) })
}
