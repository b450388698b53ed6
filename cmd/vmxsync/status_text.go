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
	if plan != nil {
		b.WriteString("\n" + p.planText(plan, render.Summary))
	}
	p.voice.print(b.String())
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
		fmt.Fprintf(w, "%s\t-\t-\t-\t-\t-\tnot readable\t-\n", place.Name)
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
		strings.Join(g.words(), ", "), g.Plan.text(),
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

// words say what somebody should know of the group.
func (g standingGroup) words() []string {
	var words []string
	add := func(is bool, word string) {
		if is {
			words = append(words, word)
		}
	}
	add(g.Unknown != "", "unknown")
	add(g.Unreadable != "", "unreadable")
	add(g.NotBackedUp != "" && g.Unreadable == "", "not backed up")
	add(g.Rule != "", g.Rule)
	add(g.Vanished > 0, fmt.Sprintf("%d vanished", g.Vanished))
	add(g.Others[state.Suspicious] > 0, string(state.Suspicious))
	add(g.Behind, "behind")
	add(g.Fresh != nil && !*g.Fresh, "not fresh ("+g.FreshWithin.String()+")")
	add(len(words) == 0 && g.Sets == 0, "nothing complete")
	add(len(words) == 0, "ok")
	return words
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
