package main

import (
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/vmxsync/vmxsync/scripts/bench/process"
)

// writeTable writes rows in Markdown, padded for reading as text. The columns after the
// first left ones are numbers.
func writeTable(w io.Writer, left int, header []string, rows [][]string) {
	widths := make([]int, len(header))
	for _, row := range append([][]string{header}, rows...) {
		for i, cell := range row {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	rule := make([]string, len(header))
	for i := range rule {
		rule[i] = strings.Repeat("-", widths[i])
		if i >= left {
			rule[i] = rule[i][1:] + ":"
		}
	}
	for _, row := range append([][]string{header, rule}, rows...) {
		io.WriteString(w, "|")
		for i, cell := range row {
			pad := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
			if i >= left {
				cell = pad + cell
			} else {
				cell += pad
			}
			io.WriteString(w, " "+cell+" |")
		}
		io.WriteString(w, "\n")
	}
}

var header = []string{"work", "program", "median", "spread", "ratio", "user + system", "memory", "commands", "data connections"}

// rows are those of one comparison. The first one names the work.
func (c comparison) rows() [][]string {
	best, found := c.best(func(p program) bool { return !p.ours && !p.aside })
	var rows [][]string
	for i, r := range c.results {
		title := ""
		if i == 0 {
			title = c.title()
		}
		row := []string{title, r.program.name}
		if r.err != nil {
			row[1] += ": not available: " + oneLine(r.err)
			rows = append(rows, append(row, slices.Repeat([]string{"–"}, len(header)-2)...))
			continue
		}
		rows = append(rows, append(row, c.cells(r, best, found)...))
	}
	return rows
}

// title is the work with its setting.
func (c comparison) title() string {
	title := c.job.server.Name
	if c.job.server.TLS != "" {
		title += " with " + string(c.job.server.TLS) + " TLS"
	}
	if c.latency > 0 {
		title += fmt.Sprintf(", round trips of %g ms", float64(c.latency)/float64(time.Millisecond))
	}
	if c.rate > 0 {
		title += fmt.Sprintf(", %s/s for each connection", bytesText(int64(c.rate)))
	}
	return title + ": " + c.work.title(c.job)
}

func (c comparison) cells(r result, best time.Duration, found bool) []string {
	took := each(r.runs, func(u process.Usage) time.Duration { return u.Elapsed })
	ratio := "–"
	if found {
		ratio = fmt.Sprintf("%.2f", best.Seconds()/median(took).Seconds())
	}
	commands, data := "–", "–"
	if r.counts.seen && !r.program.offline {
		commands, data = c.perFile(r.counts.total()), c.perFile(r.counts.data)
	}
	return []string{
		seconds(median(took)), seconds(slices.Min(took)) + " – " + seconds(slices.Max(took)), ratio, c.processor(r),
		bytesText(median(each(r.runs, func(u process.Usage) int64 { return u.Peak }))), commands, data,
	}
}

// processor is the time of processors, for each GiB of a large file.
func (c comparison) processor(r result) string {
	user := median(each(r.runs, func(u process.Usage) time.Duration { return u.User })).Seconds()
	system := median(each(r.runs, func(u process.Usage) time.Duration { return u.System })).Seconds()
	if !c.oneFile() {
		return fmt.Sprintf("%.2f + %.2f s", user, system)
	}
	gib := float64(c.job.allBytes()) / (1 << 30)
	return fmt.Sprintf("%.2f + %.2f s/GiB", user/gib, system/gib)
}

// oneFile reports whether the work is about one large file.
func (c comparison) oneFile() bool {
	return c.work.name == large || c.work.name == back || c.work.name == proof
}

// perFile is a number, with its share of each file where there are many.
func (c comparison) perFile(n int) string {
	if c.oneFile() {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%d (%.2f per file)", n, float64(n)/float64(c.files()))
}

// files are those that the work has to do something with.
func (c comparison) files() int {
	if c.work.name == remove {
		return len(c.job.superseded()) * c.job.files
	}
	return c.job.allFiles()
}

// best is the shortest median of the programs that count.
func (c comparison) best(counts func(program) bool) (best time.Duration, found bool) {
	for _, r := range c.results {
		if r.err != nil || !counts(r.program) {
			continue
		}
		took := median(each(r.runs, func(u process.Usage) time.Duration { return u.Elapsed }))
		if !found || took < best {
			best, found = took, true
		}
	}
	return best, found
}

// againstTheSameWork compares vmxsync, which hashes what it uploads, with a program and
// sha256sum after it. It is "" where one of them has no figures.
func (c comparison) againstTheSameWork() string {
	ours, found := c.best(func(p program) bool { return p.ours })
	both, foundBoth := c.best(func(p program) bool { return p.aside && !p.offline })
	if !found || !foundBoth {
		return ""
	}
	return fmt.Sprintf("%s: ratio %.2f against a peer and sha256sum, which is the same work", c.title(), both.Seconds()/ours.Seconds())
}

// seconds has three digits, or those before the point.
func seconds(d time.Duration) string {
	digits := 3
	for s := d.Seconds(); s >= 1 && digits > 1; s /= 10 {
		digits--
	}
	return fmt.Sprintf("%.*f s", digits, d.Seconds())
}

var noise = regexp.MustCompile(`exit status \d+: |\d{4}/\d\d/\d\d \d\d:\d\d:\d\d `)

// oneLine is an error without times, and not the whole of a long one.
func oneLine(err error) string {
	const most = 110
	text := []rune(noise.ReplaceAllString(strings.Join(strings.Fields(err.Error()), " "), ""))
	if len(text) > most {
		text = append(text[:most-1], '…')
	}
	return string(text)
}

var costHeader = []string{
	"server", "work", "program", "commands once", "per set", "per file", "data connections once", "per set", "per file",
}

// costCells are the rows of the table of costs.
func costCells(rows []costRow) [][]string {
	var all [][]string
	for _, r := range rows {
		cells := []string{r.server, r.work, r.program}
		if r.err != nil {
			cells[2] += ": not available: " + oneLine(r.err)
			all = append(all, append(cells, slices.Repeat([]string{"–"}, 6)...))
			continue
		}
		for _, c := range []cost{r.commands, r.data} {
			cells = append(cells, number(c.once), number(c.set), number(c.file))
		}
		all = append(all, cells)
	}
	return all
}

// number is whole, or has one digit after the point.
func number(n float64) string {
	text := strings.TrimSuffix(fmt.Sprintf("%.1f", n), ".0")
	if text == "-0" {
		return "0"
	}
	return text
}
