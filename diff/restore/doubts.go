package restore

import (
	"fmt"
	"slices"
)

// doubts say where what was asked for may not be what is restored: a place that could not be
// read may hold a newer set, and a newer set that is not complete is passed over.
func (in Input) doubts() (notes []string) {
	for _, h := range in.Holdings {
		if h.Err != nil && slices.ContainsFunc(in.Addresses, func(a Address) bool { return a.AtPlace(h.Name) }) {
			notes = append(notes, fmt.Sprintf("%s could not be read, and may hold other sets, or newer ones: %v.", h.Name, h.Err))
		}
	}
	for _, h := range in.Holdings {
		if h.Unproven != nil {
			notes = append(notes, fmt.Sprintf("What was proven at %s could not be read, and its sets count as not proven: %v.", h.Name, h.Unproven))
		}
	}
	for _, a := range in.Addresses {
		if a.newest() && a.When != LatestVerified { // of that, one that was not read back is no surprise
			notes = append(notes, in.passedOver(a)...)
		}
	}
	slices.Sort(notes)
	return slices.Compact(notes)
}

// passedOver names the sets that are newer than the one that the address stands for.
func (in Input) passedOver(a Address) (notes []string) {
	keys, _ := in.keys(a)
	for _, h := range in.Holdings {
		for _, s := range h.Sets {
			for _, k := range keys {
				if s.VM == k.VM && s.Stamp > k.Stamp && a.Names(h.Name, s.Key) && !usable(s) {
					notes = append(notes, fmt.Sprintf("%s/%s is newer than %s, and not taken: it is %s.", h.Name, s.Key, k.Stamp, stateOf(s)))
				}
			}
		}
	}
	return notes
}
