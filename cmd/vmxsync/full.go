package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/vmxsync/vmxsync/apply"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/state"
)

// A destination that runs full night after night cannot recover by itself: the deletes
// wait for the uploads, and the uploads wait for space. The state directory keeps how
// often it ran full in a row.

// rememberFull counts that, and adds a hint with numbers to the cause of a
// destination that ran full again. If the count cannot be kept, only that hint is
// lost.
func (p *process) rememberFull(plan *diff.Plan, r apply.Result) []apply.Cause {
	causes := r.Causes()
	full := map[string]int{}
	for i, c := range causes {
		if c.Full {
			full[c.Place] = i + 1
		}
	}
	for _, place := range plan.Places {
		path, err := p.fullMark(place.Location)
		if err != nil || place.Role != diff.DestinationRole {
			continue
		}
		i := full[place.Name]
		if i == 0 {
			if uploaded(r, place.Name) {
				os.Remove(path)
			}
			continue
		}
		times := timesFull(path) + 1
		if os.MkdirAll(filepath.Dir(path), 0o700) == nil {
			os.WriteFile(path, []byte(strconv.Itoa(times)+"\n"), 0o600)
		}
		if times > 1 {
			causes[i-1].Hint = strings.TrimSpace(causes[i-1].Hint + "\n" + fullHint(plan, place.Name, times))
		}
	}
	return causes
}

func (p *process) fullMark(location string) (string, error) {
	dir, err := p.stateDir()
	return filepath.Join(dir, "full", checksum([]byte(location))[:32]), err
}

// timesFull returns the count; 0 if there is none, or it cannot be read.
func timesFull(path string) int {
	data, _ := os.ReadFile(path)
	n, _ := strconv.Atoi(strings.TrimSpace(string(data)))
	return max(n, 0)
}

// uploaded reports whether any upload to a place was completed.
func uploaded(r apply.Result, place string) bool {
	for _, o := range r.Outcomes {
		at, _, _ := strings.Cut(o.Address, "/")
		if at == place && o.Status == apply.StatusDone && (o.Action == diff.Create || o.Action == diff.Update) {
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
