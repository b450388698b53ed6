package notify

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

// VM is how one VM stands at one destination after the apply, as far as its plan
// knows.
type VM struct {
	Destination string `json:"destination"`
	VM          string `json:"vm"`
	Newest      string `json:"newest,omitempty"` // time of the newest complete set, as in its name
	AgeSeconds  int64  `json:"age_seconds,omitzero"`
	Sets        int    `json:"sets"` // complete ones
	Happened    string `json:"happened"`
}

// holding is what a destination holds of a VM: the sets that count, by time.
type holding struct {
	sets map[state.Stamp]bool
	done map[string]int // changes by what became of them
	why  string         // of the first that failed
}

// kept are the sets that stay in a plan and count, by scope.
func kept(plan *diff.Plan) map[string][]state.Stamp {
	all := map[string][]state.Stamp{}
	for _, k := range plan.Kept {
		name, key, err := state.SplitAddress(k.Address)
		if err != nil {
			continue
		}
		scope := state.Scope(name, key.VM)
		place, _ := plan.Place(name)
		if all[scope] == nil {
			all[scope] = []state.Stamp{} // a VM of which nothing counts has a row, too
		}
		if k.State == state.Complete || k.State == state.Unmarked && place.Trust {
			all[scope] = append(all[scope], key.Stamp)
		}
	}
	return all
}

// Without is the report of an apply that found a set damaged which its plan counts.
func (r Report) Without(address string) Report {
	name, k, err := state.SplitAddress(address)
	scope := state.Scope(name, k.VM)
	if err != nil || !slices.Contains(r.kept[scope], k.Stamp) {
		return r
	}
	r.kept = maps.Clone(r.kept)
	r.kept[scope] = slices.DeleteFunc(slices.Clone(r.kept[scope]), func(s state.Stamp) bool { return s == k.Stamp })
	return r
}

// vms are those of the destinations of the plan, by destination and name. Ages are
// at the begin of the apply, with the times in names taken as local ones.
func (r Report) vms() []VM {
	groups := map[string]*holding{}
	at := func(scope string) *holding {
		if groups[scope] == nil {
			groups[scope] = &holding{sets: map[state.Stamp]bool{}, done: map[string]int{}}
		}
		return groups[scope]
	}
	for scope, stamps := range r.kept {
		g := at(scope)
		for _, s := range stamps {
			g.sets[s] = true
		}
	}
	for _, c := range r.Changes {
		name, key, err := state.SplitAddress(c.Address)
		if err == nil && !r.sources[name] {
			at(state.Scope(name, key.VM)).change(c, key)
		}
	}
	var all []VM
	for scope, g := range groups {
		name, vm, _ := strings.Cut(scope, "/")
		all = append(all, g.row(name, vm, r.Started))
	}
	slices.SortFunc(all, func(a, b VM) int {
		return cmp.Or(cmp.Compare(a.Destination, b.Destination), cmp.Compare(a.VM, b.VM))
	})
	return all
}

// change adds what became of one change.
func (g *holding) change(c Change, k state.Key) {
	switch {
	case c.Status == "done" && c.Action == "delete":
		g.done["deleted"]++
	case c.Status == "done":
		g.sets[k.Stamp] = true
		g.done[map[string]string{"create": "uploaded", "update": "updated"}[c.Action]]++
	default:
		g.done[c.Status]++
		if c.Action == "delete" { // it is still there
			g.sets[k.Stamp] = true
		}
		if c.Status == "failed" {
			g.why = cmp.Or(g.why, c.Cause)
		}
	}
}

func (g *holding) row(destination, vm string, now time.Time) VM {
	row := VM{Destination: destination, VM: vm, Sets: len(g.sets), Happened: g.happened()}
	for s := range g.sets {
		row.Newest = max(row.Newest, string(s))
	}
	if row.Newest != "" && !now.IsZero() {
		row.AgeSeconds = int64(now.Sub(state.Stamp(row.Newest).In(time.Local)).Seconds())
	}
	return row
}

func (g *holding) happened() string {
	var parts []string
	for _, what := range []string{"uploaded", "updated", "deleted", "failed", "cancelled", "skipped", "pending"} {
		if n := g.done[what]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, what))
		}
	}
	if len(parts) == 0 {
		return "nothing new"
	}
	text := strings.Join(parts, ", ")
	if g.why != "" {
		text += " (" + g.why + ")"
	}
	return text
}

// shownVMs is how many rows a table has at most.
const shownVMs = 200

// table is a row for each VM.
func table(vms []VM) []string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 8, 3, ' ', 0)
	fmt.Fprintln(w, "DESTINATION\tVM\tNEWEST\tAGE\tSETS\tTHIS RUN")
	for _, v := range vms[:min(len(vms), shownVMs)] {
		newest, age := "-", "-"
		if v.Newest != "" {
			newest, age = v.Newest, state.FormatAge(time.Duration(v.AgeSeconds)*time.Second)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%d\t%s\n", providers.Escape(v.Destination), providers.Escape(v.VM), newest, age, v.Sets, providers.Escape(v.Happened))
	}
	w.Flush() // to memory, which takes all
	lines := strings.Split(strings.TrimRight(b.String(), "\n"), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " ")
	}
	if more := len(vms) - shownVMs; more > 0 {
		lines = append(lines, fmt.Sprintf("... and %d more", more))
	}
	return lines
}
