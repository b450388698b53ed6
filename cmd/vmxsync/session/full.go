package session

import (
	"fmt"
	"strings"

	"github.com/vmxsync/vmxsync/apply/outcome"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/state"
)

// A destination that runs full night after night cannot recover by itself: the deletes
// wait for the uploads, and the uploads wait for space.

// RememberFull counts how often each destination ran full in a row, and returns the
// causes of the failures, with a hint with numbers for one that did so again.
func RememberFull(e *Env, plan *diff.Plan, r outcome.Result) []outcome.Cause {
	causes := r.Causes()
	full := map[string]int{}
	for i, c := range causes {
		if c.Full {
			full[c.Place] = i + 1
		}
	}
	for _, place := range plan.Places {
		i := full[place.Name]
		switch {
		case place.Role != diff.DestinationRole:
		case i > 0:
			if times := e.State.Full(place.Location); times > 1 {
				causes[i-1].Hint = strings.TrimSpace(causes[i-1].Hint + "\n" + fullHint(plan, place.Name, times))
			}
		case uploaded(r, place.Name):
			e.State.NotFull(place.Location)
		}
	}
	return causes
}

// uploaded reports whether any upload to a place was completed.
func uploaded(r outcome.Result, place string) bool {
	for _, o := range r.Outcomes {
		at, _, _ := strings.Cut(o.Address, "/")
		if at == place && o.Status == outcome.StatusDone && (o.Action == diff.Create || o.Action == diff.Update) {
			return true
		}
	}
	return false
}

// fullHint is the hint for a destination that cannot hold old and new sets at once.
func fullHint(plan *diff.Plan, name string, times int) string {
	var upload int64
	for _, c := range plan.Changes {
		if at, _, _ := strings.Cut(c.Address, "/"); at == name && c.Action != diff.Delete {
			upload += c.Bytes
		}
	}
	free := freedFirst(plan, name)
	text := fmt.Sprintf("It ran full in %d runs in a row: the uploads need %s, and deletes that wait for them could free %s first. ",
		times, state.FormatBytes(upload), state.FormatBytes(free))
	return text + map[bool]string{
		false: "To delete before uploading, set order = \"delete_first\" in the backup, or keep fewer sets in its retention.",
		true:  "Keep fewer sets in its retention, or add space.",
	}[free == 0]
}

// freedFirst is how many bytes the deletes that wait for uploads would free before
// them with order = "delete_first": of each VM the oldest sets, as long as min_keep
// complete ones remain.
func freedFirst(plan *diff.Plan, name string) (free int64) {
	held := map[string]int{} // sets that are complete now, by scope
	for _, k := range plan.Kept {
		if place, key, err := state.SplitAddress(k.Address); err == nil && k.State == state.Complete {
			held[state.Scope(place, key.VM)]++
		}
	}
	deletes := map[string][]diff.Change{}
	for _, c := range plan.Changes {
		place, key, err := state.SplitAddress(c.Address)
		if err == nil && place == name && c.Mode == diff.Remove && !c.Early {
			scope := state.Scope(place, key.VM)
			held[scope]++
			deletes[scope] = append(deletes[scope], c)
		}
	}
	for _, g := range plan.Groups {
		scope := state.Scope(g.Destination, g.VM)
		may := min(len(deletes[scope]), max(held[scope]-g.MinKeep, 0))
		for _, c := range deletes[scope][:may] {
			free += c.Frees()
		}
	}
	return free
}
