package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/vmxsync/vmxsync/scripts/bench/machine"
	"github.com/vmxsync/vmxsync/scripts/bench/tool"
)

// report is all that a run of bench has found.
type report struct {
	command       string // to repeat it
	before, after string // loads
	comparisons   []comparison
	costs         []costRow
	grown         []grown
	failed        []string // servers that could not be started
}

func (r report) write(w io.Writer, b *bench, checkout string) {
	var servers []string
	for _, name := range b.servers {
		servers = append(servers, tool.ServerVersion(name))
	}
	fmt.Fprintf(w, "`%s` on %s.\n", r.command, time.Now().Format("2006-01-02"))
	fmt.Fprintf(w, "Machine: %s; files in %s; load %s before, %s after.\n", machine.Describe(), b.dir, r.before, r.after)
	fmt.Fprintf(w, "Versions: %s.\n", strings.Join(append(servers, b.tools.Versions(checkout)...), ", "))
	for _, why := range r.failed {
		fmt.Fprintf(w, "%s\n", why)
	}
	if len(r.comparisons) > 0 {
		fmt.Fprintf(w, "Medians of %s.\n\n", plural(b.runs, "run"))
		var rows [][]string
		for _, c := range r.comparisons {
			rows = append(rows, c.rows()...)
		}
		writeTable(w, 2, header, rows)
		for _, c := range r.comparisons {
			if text := c.againstTheSameWork(); text != "" {
				fmt.Fprintf(w, "\n%s.\n", text)
			}
		}
	}
	if len(r.costs) > 0 {
		fmt.Fprintf(w, "\nCounted with one connection:\n\n")
		writeTable(w, 3, costHeader, costCells(r.costs))
	}
	if len(r.grown) > 0 {
		fmt.Fprintf(w, "\nRun once, with %s:\n\n", plural(b.connections[0], "connection"))
		writeTable(w, 2, grownHeader, grownCells(r.grown))
	}
	if b.verbs {
		r.writeVerbs(w)
	}
}

// writeVerbs lists the commands of each program, for those who want fewer.
func (r report) writeVerbs(w io.Writer) {
	fmt.Fprintln(w)
	for _, c := range r.comparisons {
		for _, x := range c.results {
			if x.counts.seen && x.counts.total() > 0 {
				fmt.Fprintf(w, "- %s, %s: %s\n", c.title(), x.program.name, x.counts)
			}
		}
	}
}
