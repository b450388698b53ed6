package diff

import "github.com/vmxsync/vmxsync/state"

// Unproven lists, by destination, the sets that justify the plan's deletes and
// whose manifests have not been read: what is deleted and what is retained in
// every group with a delete. Read them, put the result into the inventories
// and compute again, until nothing is unproven.
func Unproven(plan *Plan, inventories map[string]state.Inventory) map[string][]state.Key {
	unproven := map[string][]state.Key{}
	seen := map[string]bool{}
	for _, c := range plan.Changes {
		place, k, err := state.SplitAddress(c.Address)
		scope := state.Scope(place, k.VM)
		if err != nil || c.Action != Delete || seen[scope] {
			continue
		}
		seen[scope] = true
		for _, s := range inventories[place].Of(k.VM) {
			if s.State == state.Complete && s.Marked && s.Manifest == nil {
				unproven[place] = append(unproven[place], s.Key)
			}
		}
	}
	return unproven
}
