package render

import (
	"fmt"
	"io"
	"strings"

	"github.com/vmxsync/vmxsync/diff"
)

// Markdown prints a plan for the description of a merge request: the sums, a
// table with a row a set, and what else there is to know.
func Markdown(w io.Writer, p *diff.Plan, s Style) error {
	return write(w, s, func(t *printer) {
		v := s.view(p)
		if p.Empty() {
			t.printf("**%s** %s\n", v.verdict(), marked(strings.TrimSuffix(v.remark()+" "+v.Warned, " ")))
		} else {
			t.printf("**Plan:** %s\n\n%s Transfer: %s\n", marked(v.sum()), marked(v.Compared), marked(v.Transfer))
			t.table(v)
		}
		t.bullets("Guard", v.Guard)
		t.bullets("Cleanup", v.Cleanups)
		t.bullets("Verify", lines(v.Shares))
		t.bullets("Hooks", v.Hooks)
		t.bullets("Errors", v.Errors)
		t.bullets("Warnings", v.Warnings)
		t.bullets("Notes", v.Notes)
	})
}

func (t *printer) table(v View) {
	if v.Hidden != "" {
		t.printf("\n_%s_\n", marked(v.Hidden))
	}
	begun := false
	for c := range v.Changes {
		if !begun {
			t.printf("\n| | set | size | what happens, and why |\n|---|---|---:|---|\n")
			begun = true
		}
		t.printf("| <code>%s</code> | <code>%s</code> | %s | %s: %s |\n", marked(string(c.Symbol)), marked(c.Address), marked(c.Size), marked(c.Outcome), marked(c.Why))
	}
}

func (t *printer) bullets(title string, lines []string) {
	if len(lines) == 0 {
		return
	}
	t.printf("\n**%s**\n\n", title)
	for _, line := range lines {
		t.printf("- %s\n", marked(line))
	}
}

// plain are the characters, besides letters and digits, that mean nothing in
// Markdown where they stand in a line of ours, which begins otherwise.
const plain = " ,.;:/()=?-+\"'"

// links reports whether a forge makes a link or a picture of what begins there:
// @somebody, #7, !7, $7, %7, ~label, :smile:.
func links(rest string) bool {
	switch {
	case len(rest) < 2 || rest[1] == ' ':
		return false
	case rest[0] == ':':
		return rest[1] < '0' || rest[1] > '9' // and no time of day
	}
	return strings.ContainsAny(rest[:1], "@#!~$%^")
}

// marked is a text that stays what it is in Markdown, and in the HTML in it: no
// name becomes a link, a tag, a mention of somebody, or the end of a cell.
func marked(s string) string {
	var b strings.Builder
	for i, r := range s {
		switch {
		case links(s[i:]):
			fmt.Fprintf(&b, "&#%d;<!-- -->", r)
		case r > 0x7f, '0' <= r && r <= '9', 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', strings.ContainsRune(plain, r):
			b.WriteRune(r)
		default:
			fmt.Fprintf(&b, "&#%d;", r)
		}
	}
	return strings.ReplaceAll(b.String(), "www.", "www&#46;<!-- -->")
}
