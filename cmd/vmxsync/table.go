package main

import (
	"io"
	"strings"
	"text/tabwriter"

	"github.com/mattn/go-runewidth"
)

// table sets cells that tabs part in columns, three blanks apart. On a terminal
// where that is too wide they stand closer, for a broken row is no row.
func (v *voice) table(rows string) string {
	gap := 3
	text := columns(rows, gap)
	for v.color && gap > 1 && widest(text) > v.width {
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
