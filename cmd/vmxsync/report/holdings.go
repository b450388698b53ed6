package report

import (
	"slices"

	"github.com/vmxsync/vmxsync/apply/notify"
	"github.com/vmxsync/vmxsync/apply/outcome"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/known"
)

// holdings returns the sets at the destinations after the apply, from what its plan
// has read and what was changed since: nothing is listed again. It is nil if this
// apply read nothing, or if no plan could be made.
func holdings(read *diff.Input, changes []diff.Change, outcomes []outcome.Outcome, records map[string]*known.Record, sent map[string]state.Proven) *notify.Holdings {
	if read == nil {
		return nil
	}
	in := *read
	in.Inventories = withOutcomes(in.Inventories, outcomes, changes, sent)
	part := len(in.Options.Target)+len(in.Options.Exclude) > 0 || in.Options.Destroy
	// The flags of this apply do not change what is there.
	in.Options.Target, in.Options.Exclude, in.Options.Destroy, in.Options.Replace = nil, nil, false, nil
	for place, record := range records {
		if inv, read := in.Inventories[place]; read && record != nil {
			inv.MarkFound(record.Findings)
		}
	}
	all, err := diff.Standings(in)
	if err != nil {
		return nil
	}
	waiting := stillWaiting(changes, outcomes)
	if part { // what was left out waits as well
		if plan, err := diff.Compute(in); err == nil {
			waiting = stillWaiting(plan.Changes, nil)
		}
	}
	h := &notify.Holdings{}
	for _, d := range in.Spec.Destinations {
		if inv, ok := in.Inventories[d.Name]; !ok || inv.Err != nil {
			h.Unread = append(h.Unread, d.Name)
		} else if inv.UnknownVMs[state.AnyVM] != "" {
			h.InPart = append(h.InPart, d.Name)
		}
	}
	for _, s := range all {
		if s.Rule == "unassigned" {
			continue
		}
		h.Groups = append(h.Groups, notify.Group{
			Destination: s.Destination, VM: s.VM, Newest: s.At, Sets: s.Counted, Bytes: s.Bytes, Behind: waiting[state.Scope(s.Destination, s.VM)],
			Asked: s.Proofs.Asked, OldestProof: s.Proofs.Oldest, NeverProven: s.Proofs.Never,
			Suspicious: s.Others[state.Suspicious], Vanished: s.Vanished, Damaged: s.Others[state.Damaged],
			Unreadable: s.Unreadable != "", Unknown: s.Unknown != "", Ended: s.Ended,
		})
	}
	return h
}

// done returns the addresses whose change was carried out.
func done(outcomes []outcome.Outcome) map[string]bool {
	all := map[string]bool{}
	for _, o := range outcomes {
		if o.Action != 0 && o.Status == outcome.StatusDone {
			all[o.Address] = true
		}
	}
	return all
}

// withOutcomes returns the inventories with the changes applied. sent is how the sets are
// proven that were sent.
func withOutcomes(before map[string]state.Inventory, outcomes []outcome.Outcome, changes []diff.Change, sent map[string]state.Proven) map[string]state.Inventory {
	finished, made := done(outcomes), map[string]map[state.Key]diff.Change{}
	for _, c := range changes {
		place, k, err := state.SplitAddress(c.Address)
		if err != nil || !finished[c.Address] {
			continue
		}
		if made[place] == nil {
			made[place] = map[state.Key]diff.Change{}
		}
		made[place][k] = c
	}
	after := map[string]state.Inventory{}
	for name, inv := range before {
		after[name] = changed(inv, made[name], sent)
	}
	return after
}

// changed is an inventory after those changes.
func changed(inv state.Inventory, made map[state.Key]diff.Change, sent map[string]state.Proven) state.Inventory {
	proven, asked := sent[inv.Place]
	published := func(was state.Set, c diff.Change, k state.Key) state.Set {
		s := published(was, c, k)
		if asked {
			s.Proven = &proven
		}
		if asked && c.Mode == diff.Adopt {
			s.Proven = &state.Proven{Level: state.NotProvable}
		}
		return s
	}
	sets := make([]state.Set, 0, len(inv.Sets)+len(made))
	there := make(map[state.Key]bool, len(made))
	var gone []known.Key
	for _, s := range inv.Sets {
		c, is := made[s.Key]
		if is {
			there[s.Key] = true
		}
		switch {
		case !is:
			sets = append(sets, s)
		case c.Mode == diff.AddSums:
			sets = append(sets, withSums(s, asked))
		case c.Action == diff.Delete:
			gone = append(gone, s.Key.AsRecorded()) // it has not vanished
		default:
			sets = append(sets, published(s, c, s.Key))
		}
	}
	for k, c := range made {
		if !there[k] && c.Action != diff.Delete {
			sets = append(sets, published(state.Set{}, c, k))
		}
	}
	slices.SortFunc(sets, func(a, b state.Set) int { return a.Compare(b.Key) })
	inv.Sets = sets
	if inv.Known != nil && len(gone) > 0 {
		inv.Known = inv.Known.Clone()
		inv.Known.Drop(gone...)
	}
	inv.Staged = slices.DeleteFunc(slices.Clone(inv.Staged), func(s state.Staged) bool { _, is := made[s.Key]; return is })
	return inv
}

// withSums is a set after its checksums went into its manifest: those of a reading.
func withSums(s state.Set, asked bool) state.Set {
	s.Manifest, s.Unnamed, s.NextManifest = nil, false, false
	if asked {
		s.Proven = nil
	}
	return s
}

// published is a set after its create or update. An adopted set keeps its files.
func published(was state.Set, c diff.Change, k state.Key) state.Set {
	s := state.Set{Key: k, State: state.Complete, Marked: true, Files: was.Files}
	if len(c.Files) > 0 {
		s.Files = nil
		for _, f := range c.Files {
			s.Files = append(s.Files, state.File{Path: f.Path, Size: f.Size})
		}
	}
	return s
}

// stillWaiting counts the sets that are not at their destination yet, by group.
func stillWaiting(changes []diff.Change, outcomes []outcome.Outcome) map[string]int {
	finished, waiting := done(outcomes), map[string]int{}
	for _, c := range changes {
		place, k, err := state.SplitAddress(c.Address)
		if err == nil && c.Action != diff.Delete && c.Mode != diff.AddSums && !finished[c.Address] {
			waiting[state.Scope(place, k.VM)]++
		}
	}
	return waiting
}
