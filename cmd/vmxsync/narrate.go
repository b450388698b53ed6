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

// narrator tells the events of an apply: as lines for people, or as one JSON
// event per line.
type narrator interface {
	event(apply.Event)
	end(end ending)
}

func (p *process) narrator() narrator {
	if p.voice.json {
		return &jsonNarrator{voice: p.voice}
	}
	n := &textNarrator{voice: p.voice, began: map[string]time.Time{}}
	if p.canDraw() {
		n.bars = newBars(p.voice, p.stdout)
	}
	return n
}

// textNarrator says what terraform says.
type textNarrator struct {
	voice    *voice
	began    map[string]time.Time
	last     time.Time // of the last line of progress
	bars     *bars     // instead of these lines; nil where they cannot be drawn
	finished *apply.Result
}

// progressEvery is how often a long upload says that it lives.
const progressEvery = 30 * time.Second

var (
	starting = map[diff.Action]string{diff.Create: "Creating...", diff.Update: "Updating in-place...", diff.Delete: "Destroying..."}
	ended    = map[diff.Action]string{diff.Create: "Creation complete", diff.Update: "Update complete", diff.Delete: "Destruction complete"}
)

func (n *textNarrator) event(e apply.Event) {
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
		n.say("%s: Only %s are free, and %s are to be sent: what does not fit will fail.", e.Place, state.FormatBytes(e.Free), state.FormatBytes(e.Need))
	case apply.Waiting:
		n.say("%s: All files are sent. Waiting %s before it is published: the connection that was lost might still write at the server (timeouts.io)...", e.Address, e.For.Round(time.Second))
	case apply.Locked:
		n.say("%s", locked(e))
	case apply.ChangeDone:
		n.done(e)
	case apply.Failed:
		n.say("%s: Failed.", e.Address)
	case apply.Cancelled:
		n.say("%v", e.Err)
	case apply.Remark:
		n.say("%s: %s", e.Address, e.Text)
	case apply.Skipped:
		n.say("%s: Skipped: another program has it open. A later apply takes it. (%v)", e.Address, e.Err)
	case apply.Finished:
		n.finished = &e.Result
	}
}

// locked tells of a lock that is waited for, or was not given back.
func locked(e apply.Locked) string {
	if errors.Is(e.Err, lock.ErrHeld) {
		return fmt.Sprintf("%v. Waiting...", e.Err)
	}
	return fmt.Sprintf("%s: The lock could not be given back; the next apply on this machine takes it over: %v", e.Destination, e.Err)
}

// started says nothing of a root or a leftover: these take no time.
func (n *textNarrator) started(e apply.ChangeStarted) {
	n.began[e.Address] = time.Now()
	if e.Action != 0 && !e.Earlier {
		n.say("%s: %s (%s)", e.Address, starting[e.Action], state.FormatBytes(e.Bytes))
	}
}

func (n *textNarrator) done(e apply.ChangeDone) {
	switch {
	case e.Earlier:
	case e.Action != 0:
		n.say("%s: %s after %s", e.Address, ended[e.Action], seconds(time.Since(n.began[e.Address])))
	case strings.Contains(e.Address, "/"):
		n.say("%s: Cleaned up", e.Address)
	default:
		n.say("%s: First use, owner written", e.Address)
	}
}

func (n *textNarrator) progress(e apply.Progress) {
	if n.bars != nil || time.Since(n.last) < progressEvery {
		return
	}
	n.last = time.Now()
	n.say("%s: Still sending %s... (%s of %s)", e.Address, e.Path, state.FormatBytes(e.Sent), state.FormatBytes(e.Size))
}

func (n *textNarrator) compared(e apply.Comparing) {
	if n.bars != nil || time.Since(n.last) < progressEvery {
		return
	}
	n.last = time.Now()
	n.say("%s: Still comparing %s with its copies... (%s of %s)", e.Address, e.Path, state.FormatBytes(e.Read), state.FormatBytes(e.Size))
}

// ending is how an apply came to its end.
type ending struct {
	err       error
	shortfall string        // why an apply that failed nowhere is not complete; "" if it is
	causes    []apply.Cause // why changes failed
	warnings  int           // of the plan and of what came after it
}

func (n *textNarrator) end(end ending) {
	if n.bars != nil {
		n.bars.close()
	}
	if n.finished == nil {
		return
	}
	r := *n.finished
	n.voice.failures(end.causes)
	switch {
	case end.err != nil:
		return
	case end.shortfall != "":
		n.voice.result("\n")
		n.voice.sum(fmt.Sprintf("Apply is not complete: %s. Resources: %d added, %d changed, %d destroyed.", end.shortfall, r.Added, r.Changed, r.Destroyed),
			render.Warned(end.warnings))
		return
	}
	n.voice.result("\n")
	n.voice.sum(fmt.Sprintf("Apply complete! Resources: %d added, %d changed, %d destroyed%s.", r.Added, r.Changed, r.Destroyed, earlier(r)),
		render.Warned(end.warnings))
	if r.Uploaded > 0 || r.Freed > 0 {
		n.say("Transfer: %s uploaded, %s freed, in %s%s.", state.FormatBytes(r.Uploaded), state.FormatBytes(r.Freed), seconds(r.Elapsed), rate(r))
	}
}

// earlier tells a run that went on from one that did all.
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

func (n *textNarrator) say(format string, args ...any) {
	n.voice.line(fmt.Sprintf(format, args...))
}

func seconds(d time.Duration) string {
	if d < time.Minute {
		return d.Round(100 * time.Millisecond).String()
	}
	return d.Round(time.Second).String()
}

// jsonNarrator writes one event per line; field names are a promise.
type jsonNarrator struct {
	voice *voice
	last  time.Time
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

func (n *jsonNarrator) event(e apply.Event) {
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

// end leaves the error to the diagnostics on stderr where events have told it.
func (n *jsonNarrator) end(end ending) {
	if errors.Is(end.err, apply.ErrPartial) {
		n.voice.json = false
	}
}

func (n *jsonNarrator) write(e jsonEvent) {
	e.Time = time.Now().UTC()
	line, err := json.Marshal(e)
	if err == nil {
		n.voice.printJSON(string(line) + "\n")
	}
}
