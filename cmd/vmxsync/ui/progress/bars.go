package progress

import (
	"io"
	"math"
	"os"
	"time"

	"github.com/mattn/go-runewidth"
	"github.com/vbauerster/cupwriter"
	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"github.com/vmxsync/vmxsync/apply/event"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/ui"
)

// Bars draws the transfers of an apply below its output: one line for each file that
// takes a while, and one for the total. While bars are shown, all output of the ui
// goes through them. Events come one at a time; drawing reads the transfers.
type Bars struct {
	ui        *ui.UI
	terminal  *os.File
	transfers *Transfers
	console   *cupwriter.Writer // nil while nothing is drawn
	progress  *mpb.Progress
	shown     map[file]*mpb.Bar
}

// slow is how long a transfer runs before its file gets a line: the lines of small
// files would flicker.
const slow = 300 * time.Millisecond

// NewBars returns bars of these transfers on that terminal, which draws nothing yet.
func NewBars(out *ui.UI, terminal *os.File, t *Transfers) *Bars {
	return &Bars{ui: out, terminal: terminal, transfers: t, shown: map[file]*mpb.Bar{}}
}

// Event draws what the transfers have noted of the event.
func (b *Bars) Event(e event.Event) {
	switch e := e.(type) {
	case event.Progress:
		b.show(file{e.Address, e.Path})
	case event.Comparing:
		b.show(file{e.Address, e.Path})
	case event.Fetching:
		if e.Done {
			b.tidy()
			return
		}
		b.show(file{e.Address, e.Path})
	case event.RestoreEnded:
		b.Close()
	case event.StepDone, event.ChangeDone, event.Restored, event.Verified, event.Failed, event.Skipped, event.Postponed:
		b.tidy()
	case event.Finished:
		b.Close()
	}
}

// show gives a file its line if it is slow.
func (b *Bars) show(f file) {
	p, running := b.transfers.of(f)
	if b.shown[f] != nil || !running || p.running < slow {
		return
	}
	b.open()
	b.shown[f] = b.add(f.label, func() progress {
		p, _ := b.transfers.of(f)
		return p
	}, 0)
}

// tidy removes the lines of files whose transfer has ended.
func (b *Bars) tidy() {
	for f, bar := range b.shown {
		if _, running := b.transfers.of(f); !running {
			bar.Abort(true)
			delete(b.shown, f)
		}
	}
}

// open begins to draw.
func (b *Bars) open() {
	if b.console != nil {
		return
	}
	b.console = cupwriter.New(fromLeft{b.terminal}, false)
	b.console.SetTermFd(int(b.terminal.Fd()))
	b.progress = mpb.New(mpb.WithConsoleWriter(b.console))
	if b.transfers.all().size > 0 {
		b.add(func(width int) string { return runewidth.FillRight("Total", width) }, b.transfers.all, math.MaxInt)
	}
	b.ui.Redirect(func(w io.Writer) io.Writer { return above{b.progress, w} })
}

// Close removes the bars from the terminal and leaves the other output.
func (b *Bars) Close() {
	if b.console == nil {
		return
	}
	b.ui.Restore(func() {
		b.progress.Shutdown()
		b.console.Flush(0) // removes the lines that were drawn last
	})
	b.console, b.shown = nil, map[file]*mpb.Bar{}
}

// add draws a line, which is never full by itself: mpb counts nothing.
func (b *Bars) add(label func(width int) string, now func() progress, rank int) *mpb.Bar {
	style := mpb.BarStyle().Build()
	fill := mpb.BarFillerFunc(func(w io.Writer, s decor.Statistics) error {
		p := now()
		s.Current, s.Total = p.done, p.size
		return style.Fill(w, s)
	})
	name := decor.Any(func(s decor.Statistics) string { return label(labelWidth(s.AvailableWidth)) })
	figures := decor.Any(func(decor.Statistics) string { return now().figures() })
	options := []mpb.BarOption{mpb.PrependDecorators(name), mpb.AppendDecorators(figures)}
	if rank > 0 {
		options = append(options, mpb.BarPriority(rank))
	}
	return b.progress.New(0, fillerOf{fill}, options...)
}

// fillerOf is a builder of a filler that exists already.
type fillerOf struct{ filler mpb.BarFiller }

func (f fillerOf) Build() mpb.BarFiller { return f.filler }

// above writes above the bars at their next drawing, and to the terminal itself if
// they can no longer be drawn.
type above struct {
	progress *mpb.Progress
	terminal io.Writer
}

func (w above) Write(text []byte) (int, error) {
	if n, err := w.progress.Write(text); err == nil {
		return n, nil
	}
	return w.terminal.Write(text)
}

// fromLeft begins each drawing at the left: an echoed ^C has moved the cursor.
type fromLeft struct{ to io.Writer }

func (w fromLeft) Write(text []byte) (int, error) {
	if len(text) == 0 {
		return 0, nil
	}
	n, err := w.to.Write(append([]byte("\r"), text...))
	return max(0, n-1), err
}
