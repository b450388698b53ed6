package render

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/vmxsync/vmxsync/diff"
)

// Style is what the reader's device can show.
type Style struct {
	Color bool
	Width int // columns; 0: the usual width
	// Only is the one action whose changes are shown; 0: all. The sums are those
	// of the plan.
	Only diff.Action
}

// width is where lines of prose end at the latest.
const width = 107

// Text prints a plan in full.
func Text(w io.Writer, p *diff.Plan, s Style) error {
	return write(w, s, func(t *printer) {
		v := s.view(p)
		if p.Empty() {
			t.noChanges(v, -1)
			return
		}
		t.printf("%s Actions are indicated with the\nfollowing symbols:\n", v.Compared)
		for _, a := range v.Actions {
			t.printf("  %s %s\n", t.symbol(a.Symbol), a.Text)
		}
		t.printf("\nvmxsync will perform the following actions:\n\n")
		t.hidden(v)
		for c := range v.Changes {
			t.change(c)
		}
		t.summary(v, -1)
	})
}

// Concise prints one line a set, and the sums.
func Concise(w io.Writer, p *diff.Plan, s Style) error {
	return write(w, s, func(t *printer) {
		v := s.view(p)
		if p.Empty() {
			t.noChanges(v, shownReads)
			return
		}
		t.hidden(v)
		for c := range v.Changes {
			t.printf("%s %s  %s  %s\n", t.symbol(c.Symbol), c.Address, c.Size, c.Short)
		}
		t.printf("\n")
		t.summary(v, shownReads)
	})
}

// Summary prints the sums and notices only.
func Summary(w io.Writer, p *diff.Plan, s Style) error {
	return write(w, s, func(t *printer) {
		v := s.view(p)
		if p.Empty() {
			t.noChanges(v, 0)
			return
		}
		t.summary(v, 0)
	})
}

// Ruler is the line between a plan and the remarks about it.
func Ruler() string { return strings.Repeat("─", 77) }

// printer writes lines in a style.
type printer struct {
	w     *bufio.Writer
	style Style
}

func write(w io.Writer, s Style, body func(*printer)) error {
	t := &printer{w: bufio.NewWriter(w), style: s}
	body(t)
	return t.w.Flush() // holds the first error of all writes
}

func (t *printer) printf(format string, args ...any) { fmt.Fprintf(t.w, format, args...) }

func (t *printer) noChanges(v View, reads int) {
	t.printf("%s %s%s\n", t.bold(v.verdict()), v.remark(), t.warned(v))
	t.tail(v, reads)
}

// hidden prints how many changes are not shown.
func (t *printer) hidden(v View) {
	if v.Hidden != "" {
		t.printf("  (%s)\n\n", v.Hidden)
	}
}

func (t *printer) summary(v View, reads int) {
	t.printf("%s %s%s\nTransfer: %s\n", t.bold("Plan:"), v.Plan, t.warned(v), v.Transfer)
	t.tail(v, reads)
}

// warned is how many warnings there are, behind the sums.
func (t *printer) warned(v View) string {
	if v.Warned == "" {
		return ""
	}
	return " " + t.colour(yellow, v.Warned)
}

// tail is the end of every plan: guard, cleanups, what is read back, hooks and notices.
// reads is how many sets are listed that are read back; -1: all.
func (t *printer) tail(v View, reads int) {
	for _, g := range v.Guard {
		t.wrap("Guard: ", "  ", g)
	}
	for _, c := range v.Cleanups {
		t.printf("Cleanup: %s\n", c)
	}
	t.reads(v.Shares, reads)
	for _, h := range v.Hooks {
		t.printf("Hook: %s\n", h)
	}
	t.notices("Errors", red, v.Errors)
	t.notices("Warnings", yellow, v.Warnings)
	t.notices("Notes", "", v.Notes)
}

// notices prints those of one class, with how many there are.
func (t *printer) notices(title, colour string, texts []string) {
	if len(texts) == 0 {
		return
	}
	if colour != "" {
		title = t.colour(colour, fmt.Sprintf("%s (%d)", title, len(texts)))
	}
	t.printf("\n%s:\n", title)
	for _, text := range texts {
		t.wrap("  - ", "    ", text)
	}
}

// The colours of titles: bold, and red or yellow.
const (
	red    = "1;31"
	yellow = "1;33"
)

func (t *printer) change(c Change) {
	t.printf("  # %s %s\n", t.bold(c.Address), c.Outcome)
	t.wrap("  # ", "  # ", "("+c.Why+")")
	t.printf("  %s set %s {\n", t.symbol(c.Symbol), c.Name)
	for _, l := range c.Lines {
		t.printf("%*s%s %s\n", 6+4*l.Depth, "", t.symbol(l.Symbol), l.Text)
	}
	t.printf("    }\n\n")
}

// wrap breaks prose between words; a word that is too long stays whole.
func (t *printer) wrap(first, rest, text string) {
	before, column := first, 0
	for word := range strings.SplitSeq(text, " ") {
		columns := utf8.RuneCountInString(word)
		if column > 0 && column+1+columns > t.width() {
			before, column = "\n"+rest, 0
		}
		if column == 0 {
			column = utf8.RuneCountInString(strings.TrimPrefix(before, "\n")) - 1
		}
		t.w.WriteString(before + word)
		before, column = " ", column+1+columns
	}
	t.w.WriteString("\n")
}

func (t *printer) width() int {
	if t.style.Width < 40 {
		return width
	}
	return min(t.style.Width, width)
}

var colours = map[diff.Action]string{diff.Create: "32", diff.Delete: "31", diff.Update: "33"}

// symbol is a blank where there is no action.
func (t *printer) symbol(a diff.Action) string {
	if a == 0 {
		return " "
	}
	return t.colour(colours[a], string(rune(a)))
}

func (t *printer) bold(s string) string { return t.colour("1", s) }

func (t *printer) colour(code, s string) string {
	if !t.style.Color {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}
