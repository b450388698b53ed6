package diff

import "github.com/vmxsync/vmxsync/state"

// Unproven lists, by destination, the sets that justify what the plan deletes and whose
// manifests have not been read:
//
//   - what is deleted and what is kept in every group with a delete;
//   - what a replace moves to trash;
//   - the copies that justify a prune;
//   - sets at their final names of which the work folder holds a copy;
//   - sets that are not as the record of their destination has them;
//   - every set of a root that is taken over.
//
// Read them, put the result into the inventories and compute again, until nothing is
// unproven.
func Unproven(plan *Plan, inventories map[string]state.Inventory) map[string][]state.Key {
	unproven := map[string][]state.Key{}
	shrinks, retained := shrinking(plan)
	for name, inv := range inventories {
		copies := workCopies(inv)
		for _, s := range inv.Sets {
			unread := s.State == state.Complete && s.Marked && s.Manifest == nil
			if unread && (plan.Options.TakeOver || unrecorded(inv, s) || copies[s.Key] || shrinks[state.Scope(name, s.VM)] || retained[state.Address(name, s.Key)]) {
				unproven[name] = append(unproven[name], s.Key)
			}
		}
	}
	return unproven
}

// shrinking are the scopes in which the plan deletes, and the sets that it
// prunes sources for.
func shrinking(plan *Plan) (scopes, retained map[string]bool) {
	scopes, retained = map[string]bool{}, map[string]bool{}
	for _, c := range plan.Changes {
		place, k, err := state.SplitAddress(c.Address)
		switch {
		case c.Mode == Replace:
			retained[c.Address] = true
		case err != nil || c.Action != Delete:
		case c.Mode == Prune:
			for _, a := range c.Retains {
				retained[a] = true
			}
		default:
			scopes[state.Scope(place, k.VM)] = true
		}
	}
	return scopes, retained
}

// workCopies are the sets of which staging or trash holds a whole copy.
func workCopies(inv state.Inventory) map[state.Key]bool {
	copies := map[state.Key]bool{}
	for _, s := range inv.Staged {
		if s.Set.State == state.Complete {
			copies[s.Key] = true
		}
	}
	for _, t := range inv.Trash {
		if t.Replaced {
			copies[t.Key] = true
		}
	}
	return copies
}

// unrecorded reports whether a set is not as the record of its place has it: an
// apply that died may have left it, or somebody else.
func unrecorded(inv state.Inventory, s state.Set) bool {
	if inv.Known == nil {
		return false
	}
	was, there := inv.Known.Find(s.Key.AsRecorded())
	return !there || was.Bytes != s.Bytes() || was.Files != len(s.Files) || was.SHA256 != state.Digest(s.Files)
}
