package ui

import (
	"io"
	"strings"
	"text/tabwriter"

	"github.com/mattn/go-runewidth"
	"github.com/mitchellh/go-wordwrap"

	"github.com/vmxsync/vmxsync/providers"
)

// Style is how text is laid out: for a terminal with colours, or plain.
type Style struct {
	Color bool
	Width int // columns
}

// Paint colours text, if colours are on. The code is that of an escape sequence.
func (s Style) Paint(code, text string) string {
	if !s.Color {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

// Wrapped is text that begins at a column, escaped, with its further lines indented to it.
func (s Style) Wrapped(text string, column int) string {
	text = providers.Escape(text)
	if width := s.Width - column; width > 20 {
		text = wordwrap.WrapString(text, uint(width))
	}
	return strings.ReplaceAll(text, "\n", "\n"+strings.Repeat(" ", column))
}

// fold breaks a line at its spaces on a terminal, which would break it anywhere.
func (s Style) fold(line string) string {
	if !s.Color {
		return line
	}
	return strings.ReplaceAll(wordwrap.WrapString(line, uint(s.Width-2)), "\n", "\n  ")
}

// Table aligns cells that are separated by tabs in columns, three spaces apart. If that
// is too wide for a terminal, the gaps are smaller: a wrapped row is not readable.
func (s Style) Table(rows string) string {
	gap := 3
	text := columns(rows, gap)
	for s.Color && gap > 1 && widest(text) > s.Width {
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
