package render

import (
	"fmt"
	"html"
	"strings"
	"time"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/wording"
)

// Calendar is a picture of restore points: a row for each VM at a destination,
// a cell for each day, or each week where the sets reach further back.
type Calendar struct {
	weeks bool
	end   time.Time // civil midnight of the last cell's day
	cells int
	rows  []calendarRow
}

type calendarRow struct {
	name   string
	cells  []cell
	older  int // sets before the first cell
	future int // sets after the last
}

// beyond counts the sets outside of all cells; "" if there are none.
func (r calendarRow) beyond() string {
	var parts []string
	if r.older > 0 {
		parts = append(parts, wording.Count(r.older, "older set"))
	}
	if r.future > 0 {
		parts = append(parts, fmt.Sprintf("%d dated in the future", r.future))
	}
	return strings.Join(parts, ", ")
}

// cell is one day or week: its mark is that of the most important set.
type cell struct {
	mark byte
	sets []string // for a title: time, outcome and reasons
}

// mark is a outcome in the picture. Marks differ by more than their colour.
type mark struct {
	sign       byte
	code, fill string
	word       string
}

// marks in the order of importance: the first of a cell's is shown.
var marks = []mark{
	{'+', "32", "#57a65a", "uploaded"},
	{'#', "32", "#2e7d32", "kept"},
	{'?', "33", "#e0a800", "kept, not counted"},
	{'-', "31", "#c62828", "deleted"},
	{'o', "", "#b0bec5", "not uploaded"},
}

// calendarCells is how many cells fit beside a name on 80 columns.
const calendarCells = 60

// NewCalendar draws the groups as they are at the civil time of now.
func NewCalendar(groups []diff.Explained, now time.Time) Calendar {
	c := Calendar{end: midnight(now), cells: calendarCells}
	oldest := c.end
	for _, g := range groups {
		for _, s := range g.Sets {
			day := midnight(civil(s))
			if day.Before(oldest) {
				oldest = day
			}
			if day.After(c.end) && day.Before(now.AddDate(0, 0, 2)) { // not dated in the future
				c.end = day
			}
		}
	}
	c.weeks = c.end.Sub(oldest) >= calendarCells*24*time.Hour
	for _, g := range groups {
		c.rows = append(c.rows, c.row(g))
	}
	return c
}

func midnight(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
}

func civil(s diff.ExplainedSet) time.Time {
	_, k, _ := state.SplitAddress(s.Address)
	return k.Stamp.Civil()
}

func (c Calendar) row(g diff.Explained) calendarRow {
	r := calendarRow{name: state.Scope(g.Destination, g.VM), cells: make([]cell, c.cells)}
	for _, s := range g.Sets {
		i := c.index(civil(s))
		if i < 0 {
			r.older++
			continue
		}
		if i >= c.cells {
			r.future++
			continue
		}
		x := &r.cells[i]
		if sign := signOf(s); x.mark == 0 || rank(sign) < rank(x.mark) {
			x.mark = sign
		}
		_, k, _ := state.SplitAddress(s.Address)
		x.sets = append(x.sets, fmt.Sprintf("%s %s: %s", k.Stamp, outcomeWords[s.Outcome], reasonsText(s)))
	}
	return r
}

// index is the cell of a time; the last one holds the end.
func (c Calendar) index(at time.Time) int {
	days := int(c.end.Sub(midnight(at)) / (24 * time.Hour))
	if !c.weeks {
		return c.cells - 1 - days
	}
	monday := func(t time.Time) time.Time { return t.AddDate(0, 0, -(int(t.Weekday())+6)%7) }
	return c.cells - 1 - int(monday(c.end).Sub(monday(midnight(at)))/(7*24*time.Hour))
}

func signOf(s diff.ExplainedSet) byte {
	switch s.Outcome {
	case diff.OutcomeDeleted:
		return '-'
	case diff.OutcomeVanished:
		return '?'
	case diff.OutcomeNotUploaded, diff.OutcomeCleanedUp:
		return 'o'
	case diff.OutcomeKept:
		if s.State == state.Complete || s.State == state.Unmarked && len(s.Reasons) > 0 && s.Reasons[0].Rule != string(state.Unmarked) {
			return '#'
		}
		return '?'
	}
	return '+'
}

func rank(sign byte) int {
	for i, m := range marks {
		if m.sign == sign {
			return i
		}
	}
	return len(marks)
}

func (c Calendar) unit() string {
	if c.weeks {
		return "week"
	}
	return "day"
}

// first is the day that the first cell begins with.
func (c Calendar) first() time.Time {
	if c.weeks {
		return c.end.AddDate(0, 0, -(int(c.end.Weekday())+6)%7-7*(c.cells-1))
	}
	return c.end.AddDate(0, 0, -(c.cells - 1))
}

// nameWidth is the width of the column of names.
const nameWidth = 18

// Text is the picture for a terminal, at most 80 columns wide.
func (c Calendar) Text(color bool) string {
	var b strings.Builder
	_ = write(&b, Style{Color: color}, func(t *printer) { t.calendar(c) }) // a Builder takes all
	return b.String()
}

func (t *printer) calendar(c Calendar) {
	from, to := c.first().Format(time.DateOnly), c.end.Format(time.DateOnly)
	t.printf("%-*s %s%s%s\n", nameWidth, "one cell per "+c.unit(), from, strings.Repeat(" ", c.cells-len(from)-len(to)), to)
	for _, r := range c.rows {
		t.printf("%-*s ", nameWidth, cut(providers.Escape(r.name)))
		for _, x := range r.cells {
			t.cell(x)
		}
		if more := r.beyond(); more != "" {
			t.printf("\n%-*s and %s", nameWidth, "", more)
		}
		t.printf("\n")
	}
	t.printf("\n")
	for i, m := range marks {
		if i > 0 {
			t.printf("   ")
		}
		t.printf("%c %s", m.sign, m.word)
	}
	t.printf("   . none\n")
}

func (t *printer) cell(x cell) {
	if x.mark == 0 {
		t.printf(".")
		return
	}
	m := marks[rank(x.mark)]
	if m.code == "" {
		t.printf("%c", m.sign)
		return
	}
	t.printf("%s", t.colour(m.code, string(m.sign)))
}

// cut shortens a name to its column.
func cut(name string) string {
	runes := []rune(name)
	if len(runes) <= nameWidth {
		return name
	}
	return "…" + string(runes[len(runes)-nameWidth+1:])
}

// The measures of the SVG, in pixels.
const (
	svgCell, svgGap = 14, 2
	svgLeft, svgTop = 190, 28
)

// SVG is the picture as a document of its own: no script, no link, and each
// cell lists its sets where the pointer rests.
func (c Calendar) SVG() string {
	var b strings.Builder
	width := svgLeft + c.cells*(svgCell+svgGap) + 230
	height := svgTop + len(c.rows)*(svgCell+8) + 44
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" font-family="sans-serif" font-size="11">`+"\n", width, height, width, height)
	fmt.Fprintf(&b, `<title>Restore points, one cell per %s</title>`+"\n"+`<rect width="100%%" height="100%%" fill="#ffffff"/>`+"\n", c.unit())
	fmt.Fprintf(&b, `<text x="%d" y="18" fill="#444">%s</text>`+"\n", svgLeft, c.first().Format(time.DateOnly))
	fmt.Fprintf(&b, `<text x="%d" y="18" fill="#444" text-anchor="end">%s</text>`+"\n", svgLeft+c.cells*(svgCell+svgGap), c.end.Format(time.DateOnly))
	for i, r := range c.rows {
		r.svg(&b, svgTop+i*(svgCell+8))
	}
	legend(&b, height-14)
	b.WriteString("</svg>\n")
	return b.String()
}

func (r calendarRow) svg(b *strings.Builder, y int) {
	fmt.Fprintf(b, `<text x="%d" y="%d" text-anchor="end" fill="#111">%s</text>`+"\n", svgLeft-8, y+11, svgText(r.name))
	for i, x := range r.cells {
		x.svg(b, svgLeft+i*(svgCell+svgGap), y)
	}
	if more := r.beyond(); more != "" {
		fmt.Fprintf(b, `<text x="%d" y="%d" fill="#444">+ %s</text>`+"\n", svgLeft+len(r.cells)*(svgCell+svgGap)+4, y+11, more)
	}
}

func (x cell) svg(b *strings.Builder, left, top int) {
	if x.mark == 0 {
		fmt.Fprintf(b, `<rect x="%d" y="%d" width="%d" height="%d" fill="#eceff1"/>`+"\n", left, top, svgCell, svgCell)
		return
	}
	m := marks[rank(x.mark)]
	fmt.Fprintf(b, `<g><title>%s</title>`, svgText(strings.Join(x.sets, "\n")))
	m.svg(b, left, top)
	b.WriteString("</g>\n")
}

func (m mark) svg(b *strings.Builder, left, top int) {
	fmt.Fprintf(b, `<rect x="%d" y="%d" width="%d" height="%d" fill="%s"/>`, left, top, svgCell, svgCell, m.fill)
	fmt.Fprintf(b, `<text x="%d" y="%d" text-anchor="middle" fill="#ffffff" font-weight="bold">%c</text>`, left+svgCell/2, top+11, m.sign)
}

func legend(b *strings.Builder, y int) {
	left := svgLeft
	for _, m := range marks {
		m.svg(b, left, y-11)
		fmt.Fprintf(b, `<text x="%d" y="%d" fill="#111">%s</text>`+"\n", left+svgCell+4, y, m.word)
		left += svgCell + 24 + 7*len(m.word)
	}
}

// svgText escapes for SVG, after what no reader of a picture should meet.
func svgText(s string) string {
	var lines []string
	for line := range strings.SplitSeq(s, "\n") {
		lines = append(lines, html.EscapeString(providers.Escape(line)))
	}
	return strings.Join(lines, "\n")
}
