package listing

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/vmxsync/vmxsync/cmd/vmxsync/ui"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/wording"
)

// Text returns the table, and under it the totals.
func (l Document) Text(style ui.Style, now time.Time) string {
	return style.Table(l.rows(now)) + l.totals()
}

// rows returns the rows of the table.
func (l Document) rows(now time.Time) string {
	var b strings.Builder
	column := func(Set) string { return "" }
	b.WriteString("PLACE\tVM\tSET\tSTATE\tFILES\tSIZE\tAGE")
	if l.hasProofs() {
		b.WriteString("\tPROVEN")
		column = Set.proven
	}
	b.WriteString("\n")
	for _, place := range l.Places {
		place.rows(&b, now, column)
	}
	return b.String()
}

// hasProofs reports whether anything was proven, or may be: else no column shows it.
func (l Document) hasProofs() bool {
	return slices.ContainsFunc(l.Places, func(p Place) bool {
		return slices.ContainsFunc(p.Sets, func(s Set) bool {
			return s.Proven != nil && (!s.Proven.At.IsZero() || s.Proven.Level == state.ProofUnknown)
		})
	})
}

// proven is the last cell of the row of a set.
func (s Set) proven() string {
	if s.Proven == nil {
		return "\t"
	}
	return "\t" + s.Proven.String()
}

// totals returns a line for each place that was read: the number of sets at their
// final names, and their bytes.
func (l Document) totals() string {
	var b strings.Builder
	for _, place := range l.Places {
		if place.Error != "" {
			continue
		}
		n, size := 0, int64(0)
		for _, s := range place.Sets {
			if s.Time != "" && !slices.Contains(notHeld, s.State) {
				n, size = n+1, size+s.Bytes
			}
		}
		fmt.Fprintf(&b, "\n%s: %s, %s", place.Name, wording.Count(n, "set"), state.FormatBytes(size))
	}
	return b.String() + "\n"
}

// notHeld are the states that are not of a set at its final name.
var notHeld = []string{string(state.Vanished), string(state.Incomplete), "trash"}

// rows writes the rows of a place; last is the end of the row of a set.
func (l Place) rows(w io.Writer, now time.Time, last func(Set) string) {
	if l.Error != "" {
		fmt.Fprintf(w, "%s\t-\t-\tnot readable\t\t\t%s\n", l.Name, last(Set{}))
		return
	}
	if len(l.Sets) == 0 {
		fmt.Fprintf(w, "%s\t-\t-\tempty\t\t\t%s\n", l.Name, last(Set{}))
	}
	for _, s := range l.Sets {
		age := ""
		if s.Time != "" {
			age = state.FormatAge(now.Sub(state.Stamp(s.Time).In(now.Location())))
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%d\t%s\t%s%s\n", l.Name, providers.Escape(s.VM), s.Time, s.shownState(), s.Files, state.FormatBytes(s.Bytes), age, last(s))
		for _, f := range s.Names {
			fmt.Fprintf(w, "\t\t  %s\t\t\t%s\t%s\n", providers.Escape(f.Path), state.FormatBytes(f.Size), last(Set{}))
		}
	}
	for _, name := range l.Foreign {
		fmt.Fprintf(w, "%s\t\t%s\tforeign\t\t\t%s\n", l.Name, providers.Escape(name), last(Set{}))
	}
}
