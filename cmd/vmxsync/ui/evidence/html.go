package evidence

import (
	"fmt"
	"html"
	"io"
	"strings"

	"github.com/vmxsync/vmxsync/diff/render"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/wording"
)

// tableStyle is for the tables of the page, beside the rules that all pages have.
const tableStyle = `body { max-width: 90em; }
table { border-collapse: collapse; width: 100%; margin: 0.5em 0 1em; }
th, td { text-align: left; vertical-align: top; padding: 0.35em 0.8em; border-bottom: 1px solid var(--line); }
th { font-size: 0.85em; }
tr.good td:first-child { border-left: 5px solid var(--create); }
tr.bad td:first-child { border-left: 5px solid var(--delete); }
tr.open td:first-child { border-left: 5px solid var(--update); }
td.bad { color: var(--delete); }
td.good { color: var(--create); }
td:nth-child(2), td:last-child { overflow-wrap: anywhere; min-width: 7em; }
table.vms td:nth-child(3), table.vms td:nth-child(4), table.vms td:nth-child(6), table.vms td:nth-child(7) { white-space: nowrap; }
@media print { body { max-width: none; font-size: 11px; } }
`

// HTML writes the report as a page that needs nothing else.
func (d Document) HTML(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "<h2>VMs</h2>\n<table class=\"vms\">\n%s", row("", "th", vmHead, nil))
	for _, v := range d.VMs {
		cells := d.cells(v)
		failed := v.LastDrill != nil && v.LastDrill.Verdict == string(state.Failed)
		b.WriteString(row(v.class(), "td", cells, map[int]string{5: verdict(v.LastDrill != nil, failed), 7: "bad"}))
	}
	b.WriteString("</table>\n")
	if len(d.Drills) > 0 {
		fmt.Fprintf(&b, "<h2>Drills</h2>\n<table>\n%s", row("", "th", drillHead, nil))
		for _, r := range d.Drills {
			bad := r.Due || r.Unknown
			b.WriteString(row(class(bad), "td", r.cells(), map[int]string{5: verdict(bad, true)}))
		}
		b.WriteString("</table>\n")
	}
	b.WriteString(list("Failed drills", d.failures()) + list("Records of drills that cannot be used", d.unusable()) + list("Not read", d.notRead()))
	title := "Restore evidence of " + providers.Escape(d.Name)
	remark := fmt.Sprintf("%s Read on %s by %s.", d.sum(), wording.Minute(d.At), providers.Escape(d.Host))
	return render.Page(w, title, remark, tableStyle, b.String())
}

// class is that of the row: open where nothing is overdue, and nothing was ever proven either.
func (v VM) class() string {
	if v.Unknown == "" && len(v.Overdue) == 0 && v.LastProof == nil && v.LastDrill == nil {
		return "open"
	}
	return class(v.Unknown != "" || len(v.Overdue) > 0)
}

func class(bad bool) string {
	if bad {
		return "bad"
	}
	return "good"
}

// verdict is the class of a cell; "" where nothing is known.
func verdict(known, bad bool) string {
	if !known {
		return ""
	}
	return class(bad)
}

// row is a row of a table. classes are those of cells, by their index.
func row(of, cell string, cells []string, classes map[int]string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "<tr%s>", classed(of))
	for i, c := range cells {
		fmt.Fprintf(&b, "<%s%s>%s</%s>", cell, classed(classes[i]), html.EscapeString(c), cell)
	}
	return b.String() + "</tr>\n"
}

func classed(name string) string {
	if name == "" {
		return ""
	}
	return fmt.Sprintf(" class=%q", name)
}

func list(title string, lines []string) string {
	if len(lines) == 0 {
		return ""
	}
	var b strings.Builder
	fmt.Fprintf(&b, "<h2>%s</h2>\n<ul>\n", title)
	for _, line := range lines {
		fmt.Fprintf(&b, "<li>%s</li>\n", html.EscapeString(line))
	}
	return b.String() + "</ul>\n"
}
