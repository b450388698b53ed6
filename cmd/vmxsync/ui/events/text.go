package events

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/vmxsync/vmxsync/apply/event"
	"github.com/vmxsync/vmxsync/apply/lock"
	"github.com/vmxsync/vmxsync/apply/outcome"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/ui"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/ui/progress"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/diff/render"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/wording"
)

// Printer prints the events of an apply, which come one at a time.
type Printer interface {
	Event(event.Event)
	End(end Ending)
	// Restored ends the output of a restore; err is how it ended.
	Restored(err error)
}

// New returns what prints events: as lines for people, with bars of the transfers on a
// terminal, or as one JSON document per line.
func New(out *ui.UI, t *progress.Transfers) Printer {
	if out.JSON {
		return &jsonPrinter{ui: out}
	}
	n := &textPrinter{ui: out, began: map[string]time.Time{}}
	if terminal := out.Canvas(); terminal != nil {
		n.bars = progress.NewBars(out, terminal, t)
	}
	return n
}

// textPrinter prints the lines that terraform prints.
type textPrinter struct {
	ui       *ui.UI
	began    map[string]time.Time
	last     time.Time      // of the last line of progress
	bars     *progress.Bars // instead of these lines; nil if they cannot be drawn
	finished *outcome.Result
	restored *event.RestoreEnded
}

// progressEvery is how often the progress of a long upload is printed.
const progressEvery = 30 * time.Second

var (
	starting = map[diff.Action]string{diff.Create: "Creating...", diff.Update: "Updating in-place...", diff.Delete: "Destroying..."}
	ended    = map[diff.Action]string{diff.Create: "Creation complete", diff.Update: "Update complete", diff.Delete: "Destruction complete"}
)

func (n *textPrinter) Event(e event.Event) {
	if n.bars != nil {
		n.bars.Event(e)
	}
	switch e := e.(type) {
	case event.Started:
		n.last = time.Now()
	case event.ChangeStarted:
		n.started(e)
	case event.Progress:
		n.progress(e)
	case event.Comparing:
		n.compared(e)
	case event.Scarce:
		n.printf("%s: Only %s free for %s of uploads; those that do not fit will fail.", e.Place, state.FormatBytes(e.Free), state.FormatBytes(e.Need))
	case event.Waiting:
		n.printf("%s: All files are sent. Waiting %s before publishing: the server may still write data of the lost connection (timeouts.io)...", e.Address, e.For.Round(time.Second))
	case event.Locked:
		n.printf("%s", locked(e))
	case event.ChangeDone:
		n.done(e)
	case event.Failed:
		n.printf("%s: Failed.", e.Address)
	case event.Cancelled:
		n.printf("%v", e.Err)
	case event.Remark:
		n.printf("%s: %s", e.Address, e.Text)
	case event.Skipped:
		n.printf("%s: Skipped: another program has a file of it open. A later apply will upload it. (%v)", e.Address, e.Err)
	case event.Postponed:
		n.printf("%s: Postponed to a later apply: %v", e.Address, e.Err)
	case event.Finished:
		n.finished = &e.Result
	default:
		n.restore(e)
	}
}

// locked is the line about a lock that is waited for, or that was not released.
func locked(e event.Locked) string {
	if errors.Is(e.Err, lock.ErrHeld) {
		return fmt.Sprintf("%v. Waiting...", e.Err)
	}
	return fmt.Sprintf("%s: The lock could not be released; the next apply on this machine takes it over: %v", e.Destination, e.Err)
}

// started prints nothing for a root or a leftover: these take no time.
func (n *textPrinter) started(e event.ChangeStarted) {
	n.began[e.Address] = time.Now()
	if e.Action != 0 && !e.Earlier {
		n.printf("%s: %s (%s)", e.Address, starting[e.Action], state.FormatBytes(e.Bytes))
	}
}

func (n *textPrinter) done(e event.ChangeDone) {
	switch {
	case e.Earlier:
	case e.Action != 0:
		n.printf("%s: %s after %s", e.Address, ended[e.Action], wording.Seconds(time.Since(n.began[e.Address])))
	case strings.Contains(e.Address, "/"):
		n.printf("%s: Cleaned up", e.Address)
	default:
		n.printf("%s: First use, owner file written", e.Address)
	}
}

func (n *textPrinter) progress(e event.Progress) {
	if n.bars != nil || time.Since(n.last) < progressEvery {
		return
	}
	n.last = time.Now()
	n.printf("%s: Still sending %s... (%s of %s)", e.Address, e.Path, state.FormatBytes(e.Sent), state.FormatBytes(e.Size))
}

func (n *textPrinter) compared(e event.Comparing) {
	if n.bars != nil || time.Since(n.last) < progressEvery {
		return
	}
	n.last = time.Now()
	n.printf("%s: Still comparing %s with its copies... (%s of %s)", e.Address, e.Path, state.FormatBytes(e.Read), state.FormatBytes(e.Size))
}

// Ending is how an apply ended.
type Ending struct {
	Err       error
	Shortfall string          // why an apply that failed nowhere is not complete; "" if it is
	Causes    []outcome.Cause // why changes failed
	Warnings  int             // of the plan and of what came after it
}

func (n *textPrinter) End(end Ending) {
	if n.bars != nil {
		n.bars.Close()
	}
	if n.finished == nil {
		return
	}
	r := *n.finished
	n.ui.Failures(end.Causes)
	switch {
	case end.Err != nil:
		return
	case end.Shortfall != "":
		n.ui.Result("\n")
		n.ui.Sum(fmt.Sprintf("Apply is not complete: %s. Resources: %d added, %d changed, %d destroyed.", end.Shortfall, r.Added, r.Changed, r.Destroyed),
			render.Warned(end.Warnings))
		return
	}
	n.ui.Result("\n")
	n.ui.Sum(fmt.Sprintf("Apply complete! Resources: %d added, %d changed, %d destroyed%s.", r.Added, r.Changed, r.Destroyed, earlier(r)),
		render.Warned(end.Warnings))
	if r.Uploaded > 0 || r.Freed > 0 {
		n.printf("Transfer: %s uploaded, %s freed, in %s%s.", state.FormatBytes(r.Uploaded), state.FormatBytes(r.Freed), wording.Seconds(r.Elapsed), rate(r))
	}
}

// earlier is the part of the summary about changes that an earlier run has made.
func earlier(r outcome.Result) string {
	if r.Earlier == 0 {
		return ""
	}
	return fmt.Sprintf(" (%d of them in an earlier run)", r.Earlier)
}

func rate(r outcome.Result) string {
	working := r.Elapsed - r.Waited
	if r.Uploaded == 0 || working <= 0 {
		return ""
	}
	waited := ""
	if r.Waited > 0 {
		waited = ", " + wording.Seconds(r.Waited) + " of it waited"
	}
	return fmt.Sprintf(" (%s/s%s)", state.FormatBytes(int64(float64(r.Uploaded)/working.Seconds())), waited)
}

func (n *textPrinter) printf(format string, args ...any) {
	n.ui.Line(fmt.Sprintf(format, args...))
}
