package status

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/vmxsync/vmxsync/cmd/vmxsync/ui"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/wording"
)

// Text returns the table, and under it the totals and the last apply.
func (d Document) Text(style ui.Style) string { return style.Table(d.table()) + d.footer() }

// footer is the text below the table: the totals, and the last apply.
func (d Document) footer() string {
	lines := slices.Concat(d.totals(), d.proofErrors())
	if d.LastApply != nil {
		lines = append(lines, wording.Capital(d.LastApply.sentence())+".")
	}
	if len(lines) == 0 {
		return ""
	}
	return "\n" + strings.Join(lines, "\n") + "\n"
}

func (d Document) table() string {
	var b strings.Builder
	proofs := slices.ContainsFunc(d.Groups, Group.showsProof)
	b.WriteString("DESTINATION\tVM\tNEWEST\tAGE\t" + cell(proofs, "PROVEN") + "SETS\tSIZE\tSTATE\tPLAN\n")
	for _, place := range d.Places {
		if place.Role == "destination" {
			d.rows(&b, place, proofs)
		}
	}
	return b.String()
}

// cell is a cell of a column that is there, or not.
func cell(there bool, text string) string {
	if !there {
		return ""
	}
	return text + "\t"
}

// showsProof reports whether it is worth a column when the newest set was proven: where
// nothing ever was or must be, the table has none.
func (g Group) showsProof() bool {
	return g.Proven != nil && (!g.OldestProof.IsZero() || !g.VerifiedWithin.IsZero() || g.Proven.Level == state.ProofUnknown)
}

// proven is the cell of that column.
func (g Group) proven() string {
	if g.Proven == nil {
		return "-"
	}
	return g.Proven.String()
}

// rows writes the rows of a destination; proofs: with the column of proofs.
func (d Document) rows(w io.Writer, place Place, proofs bool) {
	if place.Error != "" {
		is := "not readable"
		if place.Absent {
			is = "absent"
		}
		fmt.Fprintf(w, "%s\t-\t-\t-\t%s-\t-\t%s\t-\n", place.Name, cell(proofs, "-"), is)
		return
	}
	rows := 0
	for _, g := range d.Groups {
		if g.Destination == place.Name {
			fmt.Fprintln(w, strings.Join(g.cells(d.Now, proofs), "\t"))
			rows++
		}
	}
	if rows == 0 {
		fmt.Fprintf(w, "%s\t-\t-\t-\t%s-\t-\tempty\t-\n", place.Name, cell(proofs, "-"))
	}
}

func (g Group) cells(now time.Time, proofs bool) []string {
	newest, age := "-", "-"
	if _, k, err := state.SplitAddress(g.Newest); err == nil {
		newest, age = string(k.Stamp), state.FormatAge(now.Sub(g.Time))
	}
	return []string{
		g.Destination, providers.Escape(g.VM), newest, age, cell(proofs, g.proven()) + g.held(), state.FormatBytes(g.Bytes),
		strings.Join(g.States, ", "), g.Plan.text(),
	}
}

// held is "3", or "3 +1 damaged" if there are sets that do not count.
func (g Group) held() string {
	text := fmt.Sprint(g.Sets)
	if g.Adopted > 0 {
		text += fmt.Sprintf(" (%d adopted)", g.Adopted)
	}
	for _, s := range slices.Sorted(maps.Keys(g.Others)) {
		text += fmt.Sprintf(" +%d %s", g.Others[s], s)
	}
	return text
}

// total is the sum of the groups of a destination.
type total struct {
	vms, sets, behind int
	bytes             int64
	oldest            time.Duration // greatest age of the newest set of a VM
}

func (d Document) total(destination string) (t total) {
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

// totals returns a sum for each destination.
func (d Document) totals() (parts []string) {
	for _, place := range d.Places {
		if place.Role == "destination" && place.Error == "" {
			t := d.total(place.Name)
			parts = append(parts, fmt.Sprintf("%s: %s, %s, %s", place.Name, wording.Count(t.vms, "VM"), wording.Count(t.sets, "complete set"), state.FormatBytes(t.bytes)))
		}
	}
	return parts
}

// proofErrors returns a line for each destination whose proofs could not be read.
func (d Document) proofErrors() (lines []string) {
	for _, place := range d.Places {
		if place.ProofsError != "" {
			lines = append(lines, providers.Escape(fmt.Sprintf("%s: what was proven there could not be read: %s", place.Name, place.ProofsError)))
		}
	}
	return lines
}

// bad reports whether a person should look at the apply.
func (a *Apply) bad() bool {
	return !a.Running && (a.ExitCode == nil || *a.ExitCode != 0 || a.Unsent > 0)
}

// sentence is how the last apply ended, or how far it has come.
func (a *Apply) sentence() string {
	switch {
	case a.Running:
		return fmt.Sprintf("an apply has been running since %s%s", wording.Minute(a.Began), a.advance())
	case a.ExitCode == nil:
		return fmt.Sprintf("the apply that began %s did not end%s", wording.Minute(a.Began), a.advance())
	case *a.ExitCode != 0:
		return fmt.Sprintf("the last apply (%s) failed with exit code %d%s", wording.Minute(a.Began), *a.ExitCode, a.failedNotifications())
	}
	return fmt.Sprintf("last apply %s: %s%s", wording.Minute(a.Began), a.Result, a.failedNotifications())
}

// failedNotifications says how many notifications failed; "" if none did.
func (a *Apply) failedNotifications() string {
	if a.Unsent == 0 {
		return ""
	}
	return ", and " + wording.Count(a.Unsent, "notification") + " failed"
}

// advance is how far it has come; "" before it has a plan.
func (a *Apply) advance() string {
	if a.Changes == 0 {
		return ""
	}
	return fmt.Sprintf(" (%d of %d changes done, %s of %s sent)", a.Done, a.Changes, state.FormatBytes(a.Sent), state.FormatBytes(a.Bytes))
}

func (p *Planned) text() string {
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
