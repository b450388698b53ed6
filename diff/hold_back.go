package diff

import (
	"fmt"
	"slices"

	"github.com/vmxsync/vmxsync/state/wording"

	"github.com/vmxsync/vmxsync/diff/notice"
	"github.com/vmxsync/vmxsync/state"
)

// HoldBack is the plan without what its guard refuses: the deletes and
// replacements of the refused scopes, and what needs one of them. Guard.Waiting
// names them. A plan that is not refused stays as it is.
func (p *Plan) HoldBack() *Plan {
	var refusals []Refusal
	var waiting []string
	rest := p
	for rest.Refused() { // each round leaves fewer deletes
		g := rest.Guard
		refuses := g.Refuses()
		part, dropped := rest.without(func(c Change) bool { return c.DeletesSet() && refuses(c) }, heldText)
		part, crowded := part.withinQuotas(dropped, heldText)
		dropped = append(dropped, crowded...)
		part.Guard = part.judge(*g, rest.stocks())
		part.noteWaiting(dropped, "a guard holds back")
		waiting = append(waiting, deletedAddresses(dropped)...)
		refusals = append(refusals, g.Refusals...)
		rest = part
	}
	if len(refusals) > 0 {
		rest.Guard.Refusals, rest.Guard.Waiting = refusals, waiting
	}
	return rest
}

const heldText = "a guard holds its delete back"

// withinQuotas leaves out uploads whose room the deletes in held were to make:
// those of their groups, and where that is not enough, whatever else comes to
// the destination or was to make room for it.
func (p *Plan) withinQuotas(held []Change, why string) (rest *Plan, dropped []Change) {
	rest = p
	for _, place := range p.Places {
		for _, crowds := range []func(Change) bool{sharesGroup(held), func(c Change) bool { return c.Uploads() || c.Early }} {
			if place.Quota == 0 || peak(place.Name, place.Held, rest.Cleanups, rest.Changes) <= place.Quota {
				break
			}
			part, more := rest.without(func(c Change) bool {
				at, _, _ := state.SplitAddress(c.Address)
				return at == place.Name && crowds(c)
			}, why)
			rest, dropped = part, append(dropped, more...)
		}
	}
	return rest, dropped
}

// sharesGroup returns a test for uploads of a group that one of the changes is in.
func sharesGroup(with []Change) func(Change) bool {
	groups := map[string]bool{}
	for _, c := range with {
		place, k, _ := state.SplitAddress(c.Address)
		groups[state.Scope(place, k.VM)] = true
	}
	return func(c Change) bool {
		place, k, _ := state.SplitAddress(c.Address)
		return c.Uploads() && groups[state.Scope(place, k.VM)]
	}
}

// Refuses returns a function that reports whether a refusal covers a change.
func (g *Guard) Refuses() func(Change) bool {
	scopes := map[string]bool{}
	for _, r := range g.Refusals {
		scopes[r.Scope] = true
	}
	return func(c Change) bool {
		place, k, _ := state.SplitAddress(c.Address)
		return scopes[""] || scopes[place] || scopes[state.Scope(place, k.VM)]
	}
}

// noteWaiting reports at each destination the uploads that wait for deletes, and the
// cause.
func (p *Plan) noteWaiting(dropped []Change, cause string) {
	p.Notices = slices.Clone(p.Notices)
	for _, place := range p.Places {
		var needy []string
		for _, c := range dropped {
			if at, k, _ := state.SplitAddress(c.Address); at == place.Name && !c.DeletesSet() {
				needy = append(needy, k.String())
			}
		}
		if len(needy) > 0 {
			waits := wording.Count(len(needy), "upload") + wording.Pick(len(needy), " waits", " wait")
			n := notice.Waits.Notice(place.Name, fmt.Sprintf("%s: %s for deletes that %s (%s).", place.Name, waits, cause, needy[0]))
			n.Brief = fmt.Sprintf("%s for deletes (%s)", waits, place.Name)
			p.Notices = append(p.Notices, n)
		}
	}
}

// deletedAddresses are the addresses of the deletes and replacements.
func deletedAddresses(changes []Change) (addresses []string) {
	for _, c := range changes {
		if c.DeletesSet() {
			addresses = append(addresses, c.Address)
		}
	}
	return addresses
}
