package main

import (
	"maps"
	"slices"
)

// shelf holds sets by VM, as days of the month, oldest first.
type shelf map[string][]int

// ledger is what should be where, kept by the rules of the configuration in plain
// words: the product decides nothing in it.
type ledger struct {
	source shelf
	at     map[string]shelf    // by destination
	doubt  map[string][]int    // the days of the suspicious sets of a VM, until they are accepted
	rotten map[string]bool     // copies whose bytes have changed, by address
	found  map[string][]int    // of these, those that an apply has read, by "place/VM"
	mended copyOf              // of these, the one that is sent again tonight
	others map[string][]string // sets that another program left, by place

	vanished map[string][]int // sets that somebody deleted by hand, by "place/VM", until that is accepted
	struck   map[string][]int // local sets of a VM that were rewritten after their upload
	forgiven map[string][]int // of these, those whose copies a person lets count
}

func newLedger() *ledger {
	return &ledger{source: shelf{}, at: map[string]shelf{"nas": {}, "rented": {}}, doubt: map[string][]int{}, rotten: map[string]bool{}, found: map[string][]int{}, others: map[string][]string{},
		vanished: map[string][]int{}, struck: map[string][]int{}, forgiven: map[string][]int{}}
}

// policies say which of some days a destination keeps: the nas the newest three
// and the newest of each of the last four weeks, the rented space the newest two.
var policies = map[string]func(days []int) []int{
	"nas": func(days []int) []int {
		weeks := map[int]int{}
		for _, d := range days {
			weeks[week(d)] = d
		}
		last := newest(slices.Sorted(maps.Values(weeks)), 4)
		return united(last, newest(days, 3))
	},
	"rented": func(days []int) []int { return newest(days, 2) },
}

// minKeep is that of the policies, and enough what they never go below once they
// have come so far: uploads come before deletes.
var (
	minKeep = map[string]int{"nas": 2, "rented": 1}
	enough  = map[string]int{"nas": 3, "rented": 2}
)

// week numbers the weeks of October 2026, whose 5th is a Monday.
func week(day int) int { return (day + 2) / 7 }

func newest(days []int, n int) []int { return days[max(len(days)-n, 0):] }

func united(a, b []int) []int {
	return slices.Compact(slices.Sorted(slices.Values(slices.Concat(a, b))))
}

// without are the days of a that are not in b.
func without(a, b []int) []int {
	return slices.DeleteFunc(slices.Clone(a), func(d int) bool { return slices.Contains(b, d) })
}

// wants is what a destination should hold of a VM, of which these sets are ready
// at the source.
// What does not count stays, and has no part in the policy.
func (l *ledger) wants(place, vm string, ready []int) []int {
	kept := l.uncounted(place, vm)
	return united(policies[place](without(united(l.at[place][vm], ready), united(kept, l.struck[vm]))), kept)
}

// uncounted are the sets that stand at a destination and do not count there: those
// that are known to be damaged, and those whose local ones are others by now.
func (l *ledger) uncounted(place, vm string) []int {
	held := l.at[place][vm]
	return united(l.found[place+"/"+vm], without(held, without(held, l.struck[vm])))
}

// night brings the ledger to the next morning. Nothing comes to, or goes from, a
// destination that fails; one that is away cannot even be asked.
func (l *ledger) night(ready shelf, fails, away []string) {
	for vm, days := range ready {
		gone, damaged := l.prunes(vm, days, away)
		l.mend(vm)                                      // what is sent tonight proves nothing tonight
		waits := len(l.doubt[vm])+len(l.struck[vm]) > 0 // nothing of it is deleted
		if waits {
			gone = nil
		}
		for place := range l.at {
			if !slices.Contains(fails, place) && !slices.Contains(away, place) {
				wants := l.wants(place, vm, days)
				if waits {
					wants = united(l.at[place][vm], wants)
				}
				l.at[place][vm] = wants
				l.vanished[place+"/"+vm] = without(l.vanished[place+"/"+vm], wants)
			}
		}
		l.source[vm] = without(l.source[vm], gone)
		if !waits {
			for _, at := range damaged {
				l.found[at.place+"/"+vm] = append(l.found[at.place+"/"+vm], at.day)
			}
		}
	}
}

// mend lets a copy of the VM that is sent again count from tonight on.
func (l *ledger) mend(vm string) {
	if l.mended.vm != vm {
		return
	}
	delete(l.found, l.mended.place+"/"+vm)
	delete(l.rotten, l.mended.place+"/"+setOf(vm, l.mended.day))
	l.mended = copyOf{}
}

// copyOf is the copy of the set of a day.
type copyOf struct {
	place, vm string
	day       int
}

// prunes are the local sets that go: older than the newest two, and whole, since
// an earlier night, at every destination that keeps them; where none does, each
// must hold min_keep newer ones. The copies of such a set are read first: damaged
// are those that are not what was sent, which nobody has known.
func (l *ledger) prunes(vm string, ready []int, away []string) (gone []int, damaged []copyOf) {
	for _, d := range without(ready, newest(ready, 2)) {
		if len(away) > 0 || slices.Contains(l.forgiven[vm], d) && l.anywhere(vm, d) || !l.proven(vm, d, ready) {
			continue
		}
		sound := true
		for _, place := range []string{"nas", "rented"} {
			if l.rotten[place+"/"+setOf(vm, d)] {
				damaged, sound = append(damaged, copyOf{place, vm, d}), false
			}
		}
		if sound {
			gone = append(gone, d)
		}
	}
	return gone, damaged
}

// anywhere reports whether a destination holds the set.
func (l *ledger) anywhere(vm string, day int) bool {
	return slices.Contains(l.at["nas"][vm], day) || slices.Contains(l.at["rented"][vm], day)
}

func (l *ledger) proven(vm string, day int, ready []int) bool {
	keepers, newer := 0, true
	for place, held := range l.at {
		wants := l.wants(place, vm, ready)
		stay := without(held[vm], without(held[vm], wants))
		newer = newer && len(slices.DeleteFunc(slices.Clone(stay), func(d int) bool { return d <= day })) >= minKeep[place]
		if slices.Contains(wants, day) {
			if !slices.Contains(held[vm], day) || slices.Contains(l.found[place+"/"+vm], day) {
				return false
			}
			keepers++
		}
	}
	return keepers > 0 || newer
}
