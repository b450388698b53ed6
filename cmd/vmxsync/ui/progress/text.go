package progress

import (
	"fmt"
	"path"
	"strings"
	"time"

	"github.com/mattn/go-runewidth"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

// A line of progress is a label, a bar, and figures of a constant width.

const (
	figuresWidth = 42
	minLabel     = 12
	maxLabel     = 60
)

// labelWidth is the room for labels on a terminal, the same in all lines.
func labelWidth(columns int) int {
	return max(minLabel, min(maxLabel, (columns-figuresWidth)*6/10))
}

// label names a file in that many columns: without the time of the set where it
// is long, and without the middle where it is very long.
func (f file) label(width int) string {
	name := providers.Escape(f.address + "/" + f.path)
	if place, k, err := state.SplitAddress(f.address); err == nil && runewidth.StringWidth(name) > width {
		name = providers.Escape(path.Join(place, k.VM, f.path))
	}
	return runewidth.FillRight(shorten(name, width), width)
}

// shorten keeps the beginning of a name, and more of its end.
func shorten(name string, width int) string {
	have := runewidth.StringWidth(name)
	if have <= width {
		return name
	}
	head := runewidth.Truncate(name, width/3, "")
	return head + runewidth.TruncateLeft(name, have-(width-runewidth.StringWidth(head)-1), "…")
}

func (p progress) figures() string {
	rate, left := "", ""
	if p.rate > 0 {
		rate = state.FormatBytes(int64(p.rate)) + "/s"
	}
	if p.left >= 0 {
		left = timeLeft(p.left)
	}
	return fmt.Sprintf("%*s", figuresWidth-1, fmt.Sprintf("%s %12s %6s", amount(p.done, p.size), rate, left))
}

// amount leaves out the first unit if both are the same.
func amount(done, size int64) string {
	part, all := state.FormatBytes(done), state.FormatBytes(size)
	number, unit, _ := strings.Cut(part, " ")
	if strings.HasSuffix(all, " "+unit) {
		return number + "/" + all
	}
	return part + "/" + all
}

// timeLeft has no seconds from an hour on: nobody needs them.
func timeLeft(d time.Duration) string {
	switch d = d.Round(time.Second); {
	case d < time.Hour:
		return d.String()
	case d < 100*time.Hour:
		return fmt.Sprintf("%dh%02dm", d/time.Hour, d%time.Hour/time.Minute)
	}
	return fmt.Sprintf("%dd", d/(24*time.Hour))
}
