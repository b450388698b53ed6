package diff

import (
	"slices"

	"github.com/vmxsync/vmxsync/diff/decide"
	"github.com/vmxsync/vmxsync/diff/notice"
	"github.com/vmxsync/vmxsync/diff/observe"
	"github.com/vmxsync/vmxsync/state"
)

// planned is what is planned for all destinations.
type planned struct {
	world  *observe.World
	parts  map[string]*DestinationPlan // by destination
	groups map[string]*decide.Group    // by scope
}

// add takes in the part of a destination. One that is refused counts as not read.
func (p *planned) add(part DestinationPlan) {
	p.parts[part.Name] = &part
	for _, g := range part.groups {
		p.groups[g.Scope()] = g
	}
	if part.refused != nil {
		p.world = p.world.Without(part.Name, part.refused)
	}
}

// at are the groups of a destination, by VM.
func (p *planned) at(destination string) []*decide.Group {
	if part := p.parts[destination]; part != nil {
		return part.groups
	}
	return nil
}

// misses reports whether sets have vanished from a destination, and nobody has accepted
// the loss.
func (p *planned) misses(destination string) bool {
	return slices.ContainsFunc(p.at(destination), func(g *decide.Group) bool { return len(g.Vanished) > 0 })
}

// knows reports whether a destination holds anything of a VM, or may, or was never
// in use.
func (p *planned) knows(destination, vm string) bool {
	g := p.groups[state.Scope(destination, vm)]
	return p.world.Inventories[destination].Owner != p.world.Spec.Name || g == nil || g.Unknown != nil ||
		slices.ContainsFunc(g.Candidates, func(c observe.Candidate) bool { return c.Remote != nil || c.Staged != nil })
}

// notes are those of all destinations.
func (p *planned) notes() (notes []notice.Note) {
	for _, d := range p.world.Spec.Destinations {
		if part := p.parts[d.Name]; part != nil {
			notes = append(notes, part.Notes...)
		}
	}
	return notes
}
