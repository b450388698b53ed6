package evidence

import (
	"fmt"
	"strings"

	"github.com/vmxsync/vmxsync/cmd/vmxsync/ui"
)

// Text is the report for people.
func (d Document) Text(style ui.Style) string {
	var b strings.Builder
	rows := [][]string{vmHead}
	for _, v := range d.VMs {
		rows = append(rows, dashed(d.cells(v)))
	}
	b.WriteString(style.Table(lines(rows)))
	if len(d.Drills) > 0 {
		rows = [][]string{drillHead}
		for _, r := range d.Drills {
			rows = append(rows, dashed(r.cells()))
		}
		b.WriteString("\n" + style.Table(lines(rows)))
	}
	for _, part := range []struct {
		title string
		lines []string
	}{{"Failed drills", d.failures()}, {"Records of drills that cannot be used", d.unusable()}, {"Not read", d.notRead()}} {
		if len(part.lines) > 0 {
			fmt.Fprintf(&b, "\n%s:\n  - %s\n", part.title, strings.Join(part.lines, "\n  - "))
		}
	}
	return b.String() + "\n" + d.sum() + "\n"
}

func lines(rows [][]string) string {
	var b strings.Builder
	for _, cells := range rows {
		b.WriteString(strings.Join(cells, "\t") + "\n")
	}
	return b.String()
}

// dashed fills empty cells: a table of text has no lines.
func dashed(cells []string) []string {
	for i, c := range cells {
		if c == "" {
			cells[i] = "-"
		}
	}
	return cells
}
