package apply

import (
	"github.com/vmxsync/vmxsync/apply/task"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/state"
)

// shareGroups gives each job what the plan says of the sets beside its own.
func shareGroups(plan *diff.Plan, saw map[string]task.Saw, all []*job) {
	kept := map[string]state.State{}
	for _, k := range plan.Kept {
		if _, known := kept[k.Address]; !known {
			kept[k.Address] = k.State
		}
	}
	floors := map[string]*int{}
	for _, g := range plan.Groups {
		scope := state.Scope(g.Destination, g.VM)
		if floors[scope] == nil {
			floors[scope] = &g.MinKeep
		}
	}
	deletions := map[string][]task.Deletion{}
	for _, j := range all {
		if s, goes := j.Deletion(); goes && j.Seen {
			deletions[j.Scope()] = append(deletions[j.Scope()], task.Deletion{Stamp: j.Key.Stamp, Step: s.ID, SHA256: j.Observed.SHA256})
		}
	}
	for _, j := range all {
		j.Group = task.Group{Saw: saw[j.Scope()], MinKeep: floors[j.Scope()], Deletions: deletions[j.Scope()], Kept: kept, InFull: plan.Options.InFull(j.Address)}
	}
}
