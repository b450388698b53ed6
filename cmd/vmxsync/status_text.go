package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/diff/render"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

// printStanding prints the table, and under it the plan in a line, with its
// notices.
func (p *process) printStanding(doc standing, plan *diff.Plan) {
	var b strings.Builder
	b.WriteString(p.voice.table(doc.table()))
	b.WriteString(doc.footer())
	if plan != nil {
		b.WriteString("\n" + p.planText(plan, render.Summary))
	}
	p.voice.print(b.String())
}

// footer stands under the table: the sums, and the last apply.
func (d standing) footer() string {
	lines := d.totals()
	if d.LastApply != nil {
		lines = append(lines, capital(d.LastApply.sentence())+".")
	}
	if len(lines) == 0 {
		return ""
	}
	return "\n" + strings.Join(lines, "\n") + "\n"
}

func (d standing) table() string {
	var b strings.Builder
	b.WriteString("DESTINATION\tVM\tNEWEST\tAGE\tSETS\tSIZE\tSTATE\tPLAN\n")
	for _, place := range d.Places {
		if place.Role == "destination" {
			d.rows(&b, place)
		}
	}
	return b.String()
}

func (d standing) rows(w io.Writer, place standingPlace) {
	if place.Error != "" {
		is := "not readable"
		if place.Absent {
			is = "absent"
		}
		fmt.Fprintf(w, "%s\t-\t-\t-\t-\t-\t%s\t-\n", place.Name, is)
		return
	}
	rows := 0
	for _, g := range d.Groups {
		if g.Destination == place.Name {
			fmt.Fprintln(w, strings.Join(g.cells(d.Now), "\t"))
			rows++
		}
	}
	if rows == 0 {
		fmt.Fprintf(w, "%s\t-\t-\t-\t-\t-\tempty\t-\n", place.Name)
	}
}

func (g standingGroup) cells(now time.Time) []string {
	newest, age := "-", "-"
	if _, k, err := state.SplitAddress(g.Newest); err == nil {
		newest, age = string(k.Stamp), state.FormatAge(now.Sub(g.Time))
	}
	return []string{
		g.Destination, providers.Escape(g.VM), newest, age, g.held(), state.FormatBytes(g.Bytes),
		strings.Join(g.States, ", "), g.Plan.text(),
	}
}

// held is "3", or "3 +1 damaged" where sets are there that do not count.
func (g standingGroup) held() string {
	text := fmt.Sprint(g.Sets)
	if g.Adopted > 0 {
		text += fmt.Sprintf(" (%d adopted)", g.Adopted)
	}
	for _, s := range slices.Sorted(maps.Keys(g.Others)) {
		text += fmt.Sprintf(" +%d %s", g.Others[s], s)
	}
	return text
}

// total is what the groups of a destination come to.
type total struct {
	vms, sets, behind int
	bytes             int64
	oldest            time.Duration // age of the newest set of the VM that is worst off
}

func (d standing) total(destination string) (t total) {
	for _, g := range d.Groups {
		if g.Destination != destination {
			continue
		}
		t.vms++
		t.sets += g.Sets
		t.bytes += g.Bytes
		t.oldest = max(t.oldest, time.Duration(g.AgeSeconds)*time.Second)
		if g.Behind {
			t.behind++
		}
	}
	return t
}

// totals is what stands under the table: a sum for each destination.
func (d standing) totals() (parts []string) {
	for _, place := range d.Places {
		if place.Role == "destination" && place.Error == "" {
			t := d.total(place.Name)
			parts = append(parts, fmt.Sprintf("%s: %s, %s, %s", place.Name, counted(t.vms, "VM"), counted(t.sets, "complete set"), state.FormatBytes(t.bytes)))
		}
	}
	return parts
}

// bad reports whether a person should look at the apply.
func (a *standingApply) bad() bool {
	return !a.Running && (a.ExitCode == nil || *a.ExitCode != exitDone || a.Unsent > 0)
}

// sentence is how the last apply ended, or how far it is.
func (a *standingApply) sentence() string {
	switch {
	case a.Running:
		return fmt.Sprintf("an apply has been at work since %s%s", minute(a.Began), a.advance())
	case a.ExitCode == nil:
		return fmt.Sprintf("the apply that began %s did not end%s", minute(a.Began), a.advance())
	case *a.ExitCode != exitDone:
		return fmt.Sprintf("the last apply (%s) failed with exit code %d%s", minute(a.Began), *a.ExitCode, a.untold())
	}
	return fmt.Sprintf("last apply %s: %s%s", minute(a.Began), a.Result, a.untold())
}

// untold is that not everybody was told; "" if all were.
func (a *standingApply) untold() string {
	if a.Unsent == 0 {
		return ""
	}
	return ", and " + counted(a.Unsent, "notification") + " failed"
}

// advance is how far it has come; "" before it has a plan.
func (a *standingApply) advance() string {
	if a.Changes == 0 {
		return ""
	}
	return fmt.Sprintf(" (%d of %d changes done, %s of %s sent)", a.Done, a.Changes, state.FormatBytes(a.Sent), state.FormatBytes(a.Bytes))
}

func (p *standingPlan) text() string {
	if p == nil {
		return "-"
	}
	var parts []string
	for _, x := range []struct {
		n    int
		what string
	}{{p.Add, "add"}, {p.Change, "change"}, {p.Destroy, "destroy"}} {
		if x.n > 0 {
			parts = append(parts, fmt.Sprintf("%d to %s", x.n, x.what))
		}
	}
	if len(parts) == 0 {
		return "no changes"
	}
	return strings.Join(parts, ", ")
}
