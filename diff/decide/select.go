package decide

import (
	"slices"

	"github.com/vmxsync/vmxsync/diff/notice"
	"github.com/vmxsync/vmxsync/state"
)

// applySelection leaves out what -target and -exclude do not select, after retention has
// decided on the whole group. A delete depends on all uploads to its group: it
// adds them to the plan, and where one is excluded, the delete is left out too.
func applySelection(g *Group) {
	o := g.World.Flags
	if !o.Selective() {
		return
	}
	brings := slices.ContainsFunc(g.Decisions, func(d Decision) bool {
		return d.Disposition.Deletes() && o.Selects(g.Address(d.Key))
	}) && !slices.ContainsFunc(g.Decisions, func(d Decision) bool {
		return d.Disposition.Creates() && o.Excludes(g.Address(d.Key))
	})
	for i, d := range g.Decisions {
		switch address := g.Address(d.Key); {
		case !d.Disposition.Creates() || o.Selects(address):
		case brings:
			g.Selection.Added++
		default:
			g.Decisions[i].Disposition = Omit
			g.Selection.Exclude(address)
		}
	}
	omits := g.Omits()
	for i, d := range g.Decisions {
		selected := o.Selects(g.Address(d.Key))
		if !d.Disposition.Deletes() || selected && !omits {
			continue
		}
		if selected {
			g.note(g.Note(&notice.Rests, state.Set{Key: d.Key}, ""))
		}
		g.Selection.Exclude(g.Address(d.Key))
		g.Decisions[i] = stay(d, Spare, HeldRule, "-target or -exclude leaves out its delete")
	}
}
