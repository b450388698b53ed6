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
	b.WriteString("PLACE\tVM\tSET\tSTATE\tFILES\tSIZE\tAGE\n")
	for _, place := range l.Places {
		place.rows(&b, now)
	}
	return b.String()
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

func (l Place) rows(w io.Writer, now time.Time) {
	if l.Error != "" {
		fmt.Fprintf(w, "%s\t-\t-\tnot readable\t\t\t\n", l.Name)
		return
	}
	if len(l.Sets) == 0 {
		fmt.Fprintf(w, "%s\t-\t-\tempty\t\t\t\n", l.Name)
	}
	for _, s := range l.Sets {
		age := ""
		if s.Time != "" {
			age = state.FormatAge(now.Sub(state.Stamp(s.Time).In(now.Location())))
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%d\t%s\t%s\n", l.Name, providers.Escape(s.VM), s.Time, s.shownState(), s.Files, state.FormatBytes(s.Bytes), age)
		for _, f := range s.Names {
			fmt.Fprintf(w, "\t\t  %s\t\t\t%s\t\n", providers.Escape(f.Path), state.FormatBytes(f.Size))
		}
	}
	for _, name := range l.Foreign {
		fmt.Fprintf(w, "%s\t\t%s\tforeign\t\t\t\n", l.Name, providers.Escape(name))
	}
}
