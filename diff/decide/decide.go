package decide

import (
	"slices"

	"github.com/vmxsync/vmxsync/diff/observe"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/retention"
)

// Decide decides about all sets of a group.
func Decide(observed observe.Group) Group {
	observed.Notes = slices.Clip(observed.Notes)
	g := Group{Group: observed, Decisions: make([]Decision, len(observed.Candidates))}
	for i, c := range observed.Candidates {
		g.Decisions[i] = Decision{Candidate: c, Disposition: Leave}
	}
	passes := []func(*Group){ask, create, emptyTrash, deleteUnwanted, deleteStaged, applySelection, settleRoom, deleteFirst, cleanStaging}
	if g.World.Flags.Destroy {
		passes = []func(*Group){forDestroy, emptyTrash, destroy}
	}
	for _, pass := range append(passes, keepRest, report) {
		pass(&g)
	}
	return g
}

// ask asks retention about all sets that count or may count once they are uploaded.
func ask(g *Group) {
	var sets, all []state.Set // without the suspicious ones, and with them
	asked := map[state.Stamp]*Decision{}
	suspicious := false
	for i := range g.Decisions {
		d := &g.Decisions[i]
		set, ok := AsSet(d.Candidate)
		if !ok {
			continue
		}
		sets = append(sets, set)
		if d.Suspect != "" {
			set.State, suspicious = state.Complete, true
		}
		all = append(all, set)
		asked[d.Key.Stamp] = d
	}
	if g.Rule == observe.Unassigned {
		for _, d := range asked {
			d.wants(retention.Decision{Keep: true, Held: true, Reasons: []retention.Reason{kept(g.Rule, g.Rule)}})
		}
		return
	}
	zone, _ := g.World.Zone(g.Source)
	result := retention.Decide(g.Policy, sets, g.World.Now.In(zone))
	for _, r := range result.Decisions {
		d := asked[r.Key.Stamp]
		d.wants(r)
		d.Future = !r.Held && slices.ContainsFunc(r.Reasons, func(x retention.Reason) bool { return x.Rule == futureDatedRule })
	}
	if suspicious {
		askSuspicious(g, retention.Decide(g.Policy, all, g.World.Now.In(zone)), asked)
	}
	if g.Rule == "" {
		noteRetention(g, result)
	}
}

// wants takes over what retention wants.
func (d *Decision) wants(r retention.Decision) {
	d.Reasons = r.Reasons
	switch {
	case r.Held:
		d.Wish, d.Disposition = WantsHeld, Hold
	case r.Keep:
		d.Wish, d.Disposition = WantsKept, Keep
	default:
		d.Wish, d.Disposition = WantsDeleted, Leave
	}
}

// askSuspicious takes over what retention would decide if the suspicious sets counted: one
// that it would keep is uploaded, one at the destination stays in any case. The deletes of
// the group wait until they are accepted.
func askSuspicious(g *Group, wanted retention.Result, asked map[state.Stamp]*Decision) {
	for _, r := range wanted.Decisions {
		d := asked[r.Key.Stamp]
		if d == nil || d.Suspect == "" {
			continue
		}
		r.Keep = r.Keep || d.Remote != nil
		if r.Keep {
			r.Reasons = []retention.Reason{kept(string(state.Suspicious), "suspicious: "+d.Suspect)}
			g.holdBack("nothing is deleted while " + d.Key.String() + " is suspicious")
		}
		d.wants(r)
	}
}

// create finds what retention keeps, or -adopt names, and the destination does not yet
// count.
func create(g *Group) {
	for i, d := range g.Decisions {
		named := d.Way == observe.ByAdopt && g.Rule != observe.Unassigned && g.World.Flags.Adopts(g.Address(d.Key))
		switch {
		case d.Way == "":
		case d.Wish == WantsKept, named, d.Way == observe.ByReplace && d.Wish != WantsHeld && g.Resent(d.Candidate):
			g.Decisions[i].Disposition = creates[d.Way]
		}
	}
}

// keepRest lists what stays at its final name, oldest first.
func keepRest(g *Group) {
	for _, d := range slices.Backward(g.Decisions) {
		if d.Remote != nil && !d.Disposition.Creates() && !d.Disposition.Deletes() {
			g.Kept = append(g.Kept, Kept{d.Key, d.State, WhyKept(g, d)})
		}
	}
}

// WhyKept are the reasons for which a set stays at its final name.
func WhyKept(g *Group, d Decision) []retention.Reason {
	switch {
	case g.Rule != "":
		return []retention.Reason{kept(g.Rule, g.Rule)}
	case d.State == state.Damaged && (d.Found() || d.Way != ""):
		return []retention.Reason{kept(string(state.Damaged), "damaged: "+d.Remote.Problem)}
	case d.Way != "": // not adopted, not replaced
		return []retention.Reason{kept(string(state.Unmarked), string(state.Unmarked))}
	}
	return d.Reasons
}
