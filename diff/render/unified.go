package render

import (
	"fmt"
	"io"
	"strings"

	"github.com/sergi/go-diff/diffmatchpatch"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
)

const (
	contextLines = 3
	// comparedLines bounds what is compared, in memory and in what go-diff can
	// number.
	comparedLines = 200_000
)

// Unified prints how a file changes, as diff -u does. show is how a line may be
// shown; what is not printable in it is escaped, so that it reads, and is not
// for patch.
func Unified(w io.Writer, name, before, after string, show func(line string) string, s Style) error {
	return write(w, s, func(t *printer) {
		name = providers.Escape(name)
		t.printf("--- old/%s\n+++ new/%s\n", name, name)
		if strings.Count(before, "\n")+strings.Count(after, "\n") > comparedLines {
			t.printf("(too many lines to compare)\n")
			return
		}
		for _, h := range hunks(rows(before, after)) {
			t.hunk(h, show)
		}
	})
}

// row is a line of one text, or of both.
type row struct {
	symbol   diff.Action // 0: in both
	text     string
	old, new int // lines of each text that come before
}

func rows(before, after string) []row {
	d := diffmatchpatch.New() // gives up perfection after a second, on texts that have nothing in common
	a, b, lines := d.DiffLinesToRunes(before, after)
	var all []row
	oldLine, newLine := 0, 0
	for _, part := range d.DiffCharsToLines(d.DiffMainRunes(a, b, false), lines) {
		for text := range strings.Lines(part.Text) {
			r := row{text: text, old: oldLine, new: newLine}
			switch part.Type {
			case diffmatchpatch.DiffInsert:
				r.symbol = diff.Create
				newLine++
			case diffmatchpatch.DiffDelete:
				r.symbol = diff.Delete
				oldLine++
			default:
				oldLine++
				newLine++
			}
			all = append(all, r)
		}
	}
	return all
}

// hunks are the parts of rows that changes are near to.
func hunks(all []row) [][]row {
	var out [][]row
	start, end := 0, 0
	for i, r := range all {
		if r.symbol == 0 {
			continue
		}
		if from := max(0, i-contextLines); from > end || end == 0 {
			if end > 0 {
				out = append(out, all[start:end])
			}
			start = from
		}
		end = min(len(all), i+1+contextLines)
	}
	if end > 0 {
		out = append(out, all[start:end])
	}
	return out
}

func (t *printer) hunk(h []row, show func(string) string) {
	var had, has int
	for _, r := range h {
		if r.symbol != diff.Create {
			had++
		}
		if r.symbol != diff.Delete {
			has++
		}
	}
	t.printf("@@ -%s +%s @@\n", span(h[0].old, had), span(h[0].new, has))
	for _, r := range h {
		text, ended := strings.CutSuffix(r.text, "\n")
		text = printable(show(strings.TrimSuffix(text, "\r")))
		if r.symbol == 0 {
			t.printf(" %s\n", text)
		} else {
			t.printf("%s%s\n", t.symbol(r.symbol), text)
		}
		if !ended {
			t.printf("\\ No newline at end of file\n")
		}
	}
}

// span is where a hunk stands, as diff -u writes it.
func span(before, lines int) string {
	switch lines {
	case 0:
		return fmt.Sprintf("%d,0", before)
	case 1:
		return fmt.Sprint(before + 1)
	}
	return fmt.Sprintf("%d,%d", before+1, lines)
}

// printable escapes all but tabs.
func printable(line string) string {
	parts := strings.Split(line, "\t")
	for i, p := range parts {
		parts[i] = providers.Escape(p)
	}
	return strings.Join(parts, "\t")
}
