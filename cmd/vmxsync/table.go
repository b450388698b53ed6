package main

import (
	"io"
	"strings"
	"text/tabwriter"

	"github.com/mattn/go-runewidth"
)

// table aligns cells that are separated by tabs in columns, three spaces apart. If that
// is too wide for a terminal, the gaps are smaller: a wrapped row is not readable.
func (u *ui) table(rows string) string {
	gap := 3
	text := columns(rows, gap)
	for u.color && gap > 1 && widest(text) > u.width {
		gap--
		text = columns(rows, gap)
	}
	return text
}

func columns(rows string, gap int) string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, gap, ' ', 0)
	io.WriteString(w, rows)
	w.Flush() // a Builder takes all
	return b.String()
}

func widest(text string) int {
	most := 0
	for line := range strings.Lines(text) {
		most = max(most, runewidth.StringWidth(strings.TrimSuffix(line, "\n")))
	}
	return most
}
