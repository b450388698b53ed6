package render

import (
	_ "embed"
	"html"
	"io"

	"github.com/vmxsync/vmxsync/diff"
)

//go:embed plan.css
var planStyle string

// HTML prints a plan as a page that needs nothing else: no script, no link, no
// picture, and a browser that follows its policy would load none.
func HTML(w io.Writer, p *diff.Plan, s Style) error {
	s.Color = false
	return write(w, s, func(t *printer) {
		v := s.view(p)
		t.head(v.headline(), v.remark(), "")
		t.items("Guard", v.Guard)
		if v.Hidden != "" {
			t.printf("<p><em>%s</em></p>\n", page(v.Hidden))
		}
		for c := range v.Changes {
			t.fold(c)
		}
		t.items("Cleanup", v.Cleanups)
		t.items("Verify", lines(v.Shares))
		t.items("Hooks", v.Hooks)
		t.items("Errors", v.Errors)
		t.items("Warnings", v.Warnings)
		t.items("Notes", v.Notes)
		t.printf("</body>\n</html>\n")
	})
}

// Page writes a page in the look of a plan. The body, and the rules of style for it, are
// written as they are.
func Page(w io.Writer, title, remark, style, body string) error {
	return write(w, Style{}, func(t *printer) {
		t.head(title, remark, style)
		t.printf("%s</body>\n</html>\n", body)
	})
}

// head begins the page with its title and a sentence. style is added to the rules of all pages.
func (t *printer) head(title, remark, style string) {
	t.printf("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
	t.printf("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n")
	t.printf("<meta name=\"viewport\" content=\"width=device-width\">\n<title>vmxsync: %s</title>\n<style>\n%s</style>\n</head>\n<body>\n", page(title), planStyle+style)
	t.printf("<h1>%s</h1>\n<p>%s</p>\n", page(title), page(remark))
}

// kinds are the classes of changes in the page.
var kinds = map[diff.Action]string{diff.Create: "create", diff.Update: "update", diff.Delete: "delete"}

// fold is one set: a line, and behind it its files.
func (t *printer) fold(c Change) {
	t.printf("<details class=\"%s\">\n<summary><b>%c</b> <code>%s</code> <span>%s</span><br><small>%s: %s</small></summary>\n<pre>",
		kinds[c.Symbol], c.Symbol, page(c.Address), page(c.Size), page(c.Outcome), page(c.Why))
	for _, l := range c.Lines {
		t.printf("%*s%s %s\n", 4*l.Depth, "", t.symbol(l.Symbol), page(l.Text))
	}
	t.printf("</pre>\n</details>\n")
}

func (t *printer) items(title string, lines []string) {
	if len(lines) == 0 {
		return
	}
	t.printf("<h2>%s</h2>\n<ul>\n", title)
	for _, line := range lines {
		t.printf("<li>%s</li>\n", page(line))
	}
	t.printf("</ul>\n")
}

// page escapes a text for the page.
func page(s string) string { return html.EscapeString(s) }
