package diff

import (
	"fmt"
	"maps"
	"slices"

	"github.com/vmxsync/vmxsync/state"
)

// Prove reads sets of a place once more, and returns them as they are now: at a destination
// with their manifests, at a source after each of their files was opened. An error ends
// Compute.
type Prove func(place string, sets []state.Set) ([]state.Set, error)

// computeProven computes the plan until everything that justifies a delete is proven. The
// content of a manifest can change the plan, and so which manifests matter; each round reads
// at least one, so the loop ends. Then the files of the sets to upload are opened, each
// once: the plan is made again without a set that turns out to be unreadable.
func computeProven(in Input) (*Plan, error) {
	opened := map[string]bool{}
	for {
		p, err := compute(in)
		if err != nil {
			return nil, err
		}
		unproven := Unproven(p, in.Inventories)
		if len(unproven) == 0 {
			if changed, err := in.open(p.Sends(), opened); err != nil || !changed {
				return p, err
			}
			continue
		}
		for _, place := range slices.Sorted(maps.Keys(unproven)) {
			sets, err := in.Prove(place, in.find(place, unproven[place]))
			if err != nil {
				return nil, err
			}
			in.put(place, sets)
		}
		if still := Unproven(p, in.Inventories); maps.EqualFunc(still, unproven, slices.Equal) {
			return nil, fmt.Errorf("the manifests of %d places cannot be read", len(still))
		}
	}
}

// open opens the sets that are sent and were not opened before, and reports whether one of
// them is unreadable.
func (in Input) open(sends map[string][]state.Key, opened map[string]bool) (changed bool, err error) {
	for _, source := range slices.Sorted(maps.Keys(sends)) {
		keys := slices.DeleteFunc(sends[source], func(k state.Key) bool { return opened[state.Address(source, k)] })
		for _, k := range keys {
			opened[state.Address(source, k)] = true
		}
		sets, err := in.Prove(source, in.find(source, keys))
		if err != nil {
			return false, err
		}
		sets = slices.DeleteFunc(sets, func(s state.Set) bool { return s.State != state.Unreadable })
		in.put(source, sets)
		changed = changed || len(sets) > 0
	}
	return changed, nil
}

func (in Input) find(place string, keys []state.Key) (sets []state.Set) {
	for _, k := range keys {
		if s, ok := in.Inventories[place].Find(k); ok {
			sets = append(sets, s)
		}
	}
	return sets
}

func (in Input) put(place string, sets []state.Set) {
	for _, s := range sets {
		in.Inventories[place].Put(s)
	}
}

// Unproven lists, by destination, the sets that justify what the plan deletes and whose
// manifests have not been read:
//
//   - what is deleted and what is kept in every group with a delete;
//   - what a replace moves to trash, and the copy at another destination that it sends;
//   - the copies that justify a prune;
//   - what a server is to be asked about and was never proven: it may have no checksums;
//   - what was read without checksums, which go into the manifest;
//   - sets at their final names of which the work folder holds a copy;
//   - sets that are not as the record of their destination has them;
//   - every set of a root that is taken over.
//
// Compute has them read by Prove, and computes again until nothing is unproven.
func Unproven(plan *Plan, inventories map[string]state.Inventory) map[string][]state.Key {
	unproven := map[string][]state.Key{}
	shrinks, retained := shrinking(plan)
	for name, inv := range inventories {
		copies := workCopies(inv)
		for _, s := range inv.Sets {
			unread := s.State == state.Complete && s.Marked && s.Manifest == nil
			if unread && (inv.AwaitsSums(s) || plan.Options.TakeOver || unrecorded(inv, s) || copies[s.Key] || shrinks[state.Scope(name, s.VM)] || retained[state.Address(name, s.Key)]) {
				unproven[name] = append(unproven[name], s.Key)
			}
		}
	}
	return unproven
}

// shrinking are the scopes in which the plan deletes, and the single sets that it rests on.
func shrinking(plan *Plan) (scopes, retained map[string]bool) {
	scopes, retained = map[string]bool{}, map[string]bool{}
	for _, s := range plan.Verify {
		for _, address := range s.unread {
			retained[address] = true
		}
	}
	for _, c := range plan.Changes {
		place, k, err := state.SplitAddress(c.Address)
		switch {
		case c.Mode == Replace:
			retained[c.Address], retained[state.Address(c.Source, k)] = true, true
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
