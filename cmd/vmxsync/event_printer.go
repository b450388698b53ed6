package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/vmxsync/vmxsync/apply"
	"github.com/vmxsync/vmxsync/apply/lock"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/diff/render"
	"github.com/vmxsync/vmxsync/state"
)

// eventPrinter prints the events of an apply: as lines for people, or as one JSON event
// per line.
type eventPrinter interface {
	event(apply.Event)
	end(end ending)
}

func (p *process) eventPrinter() eventPrinter {
	if p.ui.json {
		return &jsonPrinter{ui: p.ui}
	}
	n := &textPrinter{ui: p.ui, began: map[string]time.Time{}}
	if p.canDraw() {
		n.bars = newBars(p.ui, p.stdout)
	}
	return n
}

// textPrinter prints the lines that terraform prints.
type textPrinter struct {
	ui       *ui
	began    map[string]time.Time
	last     time.Time // of the last line of progress
	bars     *bars     // instead of these lines; nil if they cannot be drawn
	finished *apply.Result
}

// progressEvery is how often the progress of a long upload is printed.
const progressEvery = 30 * time.Second

var (
	starting = map[diff.Action]string{diff.Create: "Creating...", diff.Update: "Updating in-place...", diff.Delete: "Destroying..."}
	ended    = map[diff.Action]string{diff.Create: "Creation complete", diff.Update: "Update complete", diff.Delete: "Destruction complete"}
)

func (n *textPrinter) event(e apply.Event) {
	if n.bars != nil {
		n.bars.event(e)
	}
	switch e := e.(type) {
	case apply.Started:
		n.last = time.Now()
	case apply.ChangeStarted:
		n.started(e)
	case apply.Progress:
		n.progress(e)
	case apply.Comparing:
		n.compared(e)
	case apply.Scarce:
		n.printf("%s: Only %s free for %s of uploads; those that do not fit will fail.", e.Place, state.FormatBytes(e.Free), state.FormatBytes(e.Need))
	case apply.Waiting:
		n.printf("%s: All files are sent. Waiting %s before publishing: the server may still write data of the lost connection (timeouts.io)...", e.Address, e.For.Round(time.Second))
	case apply.Locked:
		n.printf("%s", locked(e))
	case apply.ChangeDone:
		n.done(e)
	case apply.Failed:
		n.printf("%s: Failed.", e.Address)
	case apply.Cancelled:
		n.printf("%v", e.Err)
	case apply.Remark:
		n.printf("%s: %s", e.Address, e.Text)
	case apply.Skipped:
		n.printf("%s: Skipped: another program has a file of it open. A later apply will upload it. (%v)", e.Address, e.Err)
	case apply.Finished:
		n.finished = &e.Result
	}
}

// locked is the line about a lock that is waited for, or that was not released.
func locked(e apply.Locked) string {
	if errors.Is(e.Err, lock.ErrHeld) {
		return fmt.Sprintf("%v. Waiting...", e.Err)
	}
	return fmt.Sprintf("%s: The lock could not be released; the next apply on this machine takes it over: %v", e.Destination, e.Err)
}

// started prints nothing for a root or a leftover: these take no time.
func (n *textPrinter) started(e apply.ChangeStarted) {
	n.began[e.Address] = time.Now()
	if e.Action != 0 && !e.Earlier {
		n.printf("%s: %s (%s)", e.Address, starting[e.Action], state.FormatBytes(e.Bytes))
	}
}

func (n *textPrinter) done(e apply.ChangeDone) {
	switch {
	case e.Earlier:
	case e.Action != 0:
		n.printf("%s: %s after %s", e.Address, ended[e.Action], seconds(time.Since(n.began[e.Address])))
	case strings.Contains(e.Address, "/"):
		n.printf("%s: Cleaned up", e.Address)
	default:
		n.printf("%s: First use, owner file written", e.Address)
	}
}

func (n *textPrinter) progress(e apply.Progress) {
	if n.bars != nil || time.Since(n.last) < progressEvery {
		return
	}
	n.last = time.Now()
	n.printf("%s: Still sending %s... (%s of %s)", e.Address, e.Path, state.FormatBytes(e.Sent), state.FormatBytes(e.Size))
}

func (n *textPrinter) compared(e apply.Comparing) {
	if n.bars != nil || time.Since(n.last) < progressEvery {
		return
	}
	n.last = time.Now()
	n.printf("%s: Still comparing %s with its copies... (%s of %s)", e.Address, e.Path, state.FormatBytes(e.Read), state.FormatBytes(e.Size))
}

// ending is how an apply ended.
type ending struct {
	err       error
	shortfall string        // why an apply that failed nowhere is not complete; "" if it is
	causes    []apply.Cause // why changes failed
	warnings  int           // of the plan and of what came after it
}

func (n *textPrinter) end(end ending) {
	if n.bars != nil {
		n.bars.close()
	}
	if n.finished == nil {
		return
	}
	r := *n.finished
	n.ui.failures(end.causes)
	switch {
	case end.err != nil:
		return
	case end.shortfall != "":
		n.ui.result("\n")
		n.ui.sum(fmt.Sprintf("Apply is not complete: %s. Resources: %d added, %d changed, %d destroyed.", end.shortfall, r.Added, r.Changed, r.Destroyed),
			render.Warned(end.warnings))
		return
	}
	n.ui.result("\n")
	n.ui.sum(fmt.Sprintf("Apply complete! Resources: %d added, %d changed, %d destroyed%s.", r.Added, r.Changed, r.Destroyed, earlier(r)),
		render.Warned(end.warnings))
	if r.Uploaded > 0 || r.Freed > 0 {
		n.printf("Transfer: %s uploaded, %s freed, in %s%s.", state.FormatBytes(r.Uploaded), state.FormatBytes(r.Freed), seconds(r.Elapsed), rate(r))
	}
}

// earlier is the part of the summary about changes that an earlier run has made.
func earlier(r apply.Result) string {
	if r.Earlier == 0 {
		return ""
	}
	return fmt.Sprintf(" (%d of them in an earlier run)", r.Earlier)
}

func rate(r apply.Result) string {
	working := r.Elapsed - r.Waited
	if r.Uploaded == 0 || working <= 0 {
		return ""
	}
	waited := ""
	if r.Waited > 0 {
		waited = ", " + seconds(r.Waited) + " of it waited"
	}
	return fmt.Sprintf(" (%s/s%s)", state.FormatBytes(int64(float64(r.Uploaded)/working.Seconds())), waited)
}

func (n *textPrinter) printf(format string, args ...any) {
	n.ui.line(fmt.Sprintf(format, args...))
}

func seconds(d time.Duration) string {
	if d < time.Minute {
		return d.Round(100 * time.Millisecond).String()
	}
	return d.Round(time.Second).String()
}

// jsonPrinter writes one event per line; field names are a promise.
type jsonPrinter struct {
	ui   *ui
	last time.Time
}

type jsonEvent struct {
	Type    string    `json:"type"` // started, progress, step, done, scarce, skipped, failed, locked, remark, summary
	Time    time.Time `json:"time"`
	Address string    `json:"address,omitempty"`
	Action  string    `json:"action,omitempty"`
	Step    string    `json:"step,omitempty"`
	Path    string    `json:"path,omitempty"`
	Sent    int64     `json:"sent,omitempty"`
	Bytes   int64     `json:"bytes,omitempty"`
	Free    int64     `json:"free,omitempty"`
	Error   string    `json:"error,omitempty"`
	Text    string    `json:"text,omitempty"`
	Summary *summary  `json:"summary,omitempty"`
}

type summary struct {
	Added         int     `json:"added"`
	Changed       int     `json:"changed"`
	Destroyed     int     `json:"destroyed"`
	Failed        int     `json:"failed"`
	UploadedBytes int64   `json:"uploaded_bytes"`
	FreedBytes    int64   `json:"freed_bytes"`
	Seconds       float64 `json:"seconds"`
}

func (n *jsonPrinter) event(e apply.Event) {
	switch e := e.(type) {
	case apply.ChangeStarted:
		n.write(jsonEvent{Type: "started", Address: e.Address, Action: e.Action.String(), Bytes: e.Bytes})
	case apply.Progress:
		if time.Since(n.last) >= time.Second {
			n.last = time.Now()
			n.write(jsonEvent{Type: "progress", Address: e.Address, Path: e.Path, Sent: e.Sent, Bytes: e.Size})
		}
	case apply.Locked:
		n.write(jsonEvent{Type: "locked", Address: e.Destination, Error: e.Err.Error()})
	case apply.Unrecorded:
		n.write(jsonEvent{Type: "unrecorded", Address: e.Destination, Error: e.Err.Error()})
	case apply.StepDone:
		n.write(jsonEvent{Type: "step", Address: e.Address, Step: e.Step})
	case apply.ChangeDone:
		n.write(jsonEvent{Type: "done", Address: e.Address, Action: e.Action.String(), Bytes: e.Bytes})
	case apply.Failed:
		n.write(jsonEvent{Type: "failed", Address: e.Address, Error: e.Err.Error()})
	case apply.Scarce:
		n.write(jsonEvent{Type: "scarce", Address: e.Place, Free: e.Free, Bytes: e.Need})
	case apply.Skipped:
		n.write(jsonEvent{Type: "skipped", Address: e.Address, Error: e.Err.Error()})
	case apply.Remark:
		n.write(jsonEvent{Type: "remark", Address: e.Address, Text: e.Text})
	case apply.Cancelled:
		n.write(jsonEvent{Type: "failed", Address: e.Address, Error: e.Err.Error()})
	case apply.Finished:
		r := e.Result
		n.write(jsonEvent{Type: "summary", Summary: &summary{
			r.Added, r.Changed, r.Destroyed, r.Failed(), r.Uploaded, r.Freed, r.Elapsed.Seconds(),
		}})
	}
}

// end leaves the error to the diagnostics on stderr if events have reported it.
func (n *jsonPrinter) end(end ending) {
	if errors.Is(end.err, apply.ErrPartial) {
		n.ui.json = false
	}
}

func (n *jsonPrinter) write(e jsonEvent) {
	e.Time = time.Now().UTC()
	line, err := json.Marshal(e)
	if err == nil {
		n.ui.printJSON(string(line) + "\n")
	}
}
