package drill

import (
	"slices"
	"time"

	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
)

// Held is a drill that was held with a set of a place.
type Held struct {
	Place string
	state.Drill
}

// Address is the set that was restored, for people.
func (h Held) Address() string { return state.Address(h.Place, h.Key) }

// Schedule is when a drill is due.
type Schedule struct {
	Due  bool
	Last *Held     // of this drill; nil: none was held
	Next time.Time // when it is due; zero: at once
}

// When reports whether a drill is due: it was never held, the last one failed, or passed
// longer ago than the drill may wait.
func When(d config.Drill, held []Held, now time.Time) Schedule {
	last, there := Last(held, now, func(h Held) bool { return h.Name == d.Name && slices.Contains(d.From, h.Place) })
	switch {
	case !there:
		return Schedule{Due: true}
	case last.Verdict != state.Passed:
		return Schedule{Due: true, Last: &last}
	}
	next := d.Every.After(last.Began)
	return Schedule{Due: !now.Before(next), Last: &last, Next: next}
}

// Last is the newest drill that wanted names, of those that were held by now: one of the
// future would put off the next one for as long.
func Last(held []Held, now time.Time, wanted func(Held) bool) (last Held, there bool) {
	for _, h := range held {
		if wanted(h) && !state.IsAhead(h.Began, now) && (!there || last.ByTime(h.Drill) < 0) {
			last, there = h, true
		}
	}
	return last, there
}
