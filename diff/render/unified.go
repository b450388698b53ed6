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

// Version is a text that is compared, and how its lines may be shown.
type Version struct {
	Content string
	Shown   []string // without their ends; nil: as they are
}

// line is the line with that index as it is shown.
func (v Version) line(i int, text string) string {
	if v.Shown == nil {
		return strings.TrimSuffix(strings.TrimSuffix(text, "\n"), "\r")
	}
	return v.Shown[i]
}

// Unified prints how a file changes, as diff -u does. What is not printable in
// its lines is escaped, so that it reads, and is not for patch.
func Unified(w io.Writer, name string, before, after Version, s Style) error {
	return write(w, s, func(t *printer) {
		name = providers.Escape(name)
		t.printf("--- old/%s\n+++ new/%s\n", name, name)
		if strings.Count(before.Content, "\n")+strings.Count(after.Content, "\n") > comparedLines {
			t.printf("(too many lines to compare)\n")
			return
		}
		for _, h := range hunks(rows(before.Content, after.Content)) {
			t.hunk(h, before, after)
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

func (t *printer) hunk(h []row, before, after Version) {
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
		shown, at := before, r.old
		if r.symbol == diff.Create {
			shown, at = after, r.new
		}
		text := printable(shown.line(at, r.text))
		if r.symbol == 0 {
			t.printf(" %s\n", text)
		} else {
			t.printf("%s%s\n", t.symbol(r.symbol), text)
		}
		if !strings.HasSuffix(r.text, "\n") {
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
