package diff

import (
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
	newest := p.newest()
	for _, place := range p.Places {
		var unsent []notice.Note
		vms := map[string]bool{}
		for _, c := range dropped {
			at, k, err := state.SplitAddress(c.Address)
			if err != nil || at != place.Name || c.Action == Delete || newest[state.Scope(at, k.VM)] > k.Stamp || vms[k.VM] {
				continue
			}
			vms[k.VM] = true
			unsent = append(unsent, notice.Note{Kind: &notice.NotApproved, Place: at, VM: k.VM, Item: k.String(), Why: "it waits for deletes that are not approved"})
		}
		p.Notices = append(p.Notices, notice.List(unsent, []string{place.Name})...)
	}
}

// newest are the times of the newest complete sets that VMs have at destinations, or get,
// by scope.
func (p *Plan) newest() map[string]state.Stamp {
	all := map[string]state.Stamp{}
	note := func(address string) {
		if place, k, err := state.SplitAddress(address); err == nil {
			scope := state.Scope(place, k.VM)
			all[scope] = max(all[scope], k.Stamp)
		}
	}
	for _, x := range p.Kept {
		if x.State == state.Complete {
			note(x.Address)
		}
	}
	for _, c := range p.Changes {
		if c.Action != Delete {
			note(c.Address)
		}
	}
	return all
}
