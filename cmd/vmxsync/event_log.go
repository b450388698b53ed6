package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"

	"github.com/vmxsync/vmxsync/apply"
	"github.com/vmxsync/vmxsync/apply/logfile"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/diff/planfile"
	"github.com/vmxsync/vmxsync/state"
)

// eventLog writes the events of an apply to the log file of the log block. Nil writes
// nothing.
type eventLog struct {
	file  *logfile.File
	lines *slog.Logger
	level int // as of -verbosity
}

// startLog opens the log of an apply. If it cannot be written, that is a warning.
func (p *process) startLog(log *state.Log) {
	if log == nil || p.ui.log != nil {
		return
	}
	file, err := logfile.Open(*log)
	if err != nil {
		p.ui.warnOf("The log cannot be written", err)
		return
	}
	p.ui.log = &eventLog{file: file, lines: file.Logger().With("pid", os.Getpid()), level: slices.Index(levels, log.Level)}
	p.ui.log.add(levelInfo, "apply begins", "host", p.applyReport.report.Host, "version", version)
}

// warnOfLog warns that lines of the log were lost, before the notifications are sent.
func (p *process) warnOfLog() {
	if p.ui.log == nil {
		return
	}
	if err := p.ui.log.file.Err(); err != nil {
		p.ui.warnOf("The log is incomplete", err)
	}
}

// endLog comes last: nothing that happens afterwards is logged.
func (p *process) endLog(err error) {
	if p.ui.log != nil {
		p.ui.log.add(levelInfo, "apply ended", "exit_code", exitCode(err))
		p.ui.log.file.Close() // warnOfLog has reported its errors
	}
}

// wants reports whether lines of that level are written.
func (l *eventLog) wants(level int) bool { return l != nil && level <= l.level }

func (l *eventLog) add(level int, text string, attributes ...any) {
	if l.wants(level) {
		l.lines.Log(context.Background(), logfile.Level(levels[level]), text, attributes...)
	}
}

// problems logs an error in the form that people read.
func (l *eventLog) problems(level int, err error) {
	var s exitStatus
	if l == nil || err == nil || errors.As(err, &s) {
		return
	}
	for _, d := range diagnostics(err) {
		l.problem(level, d.Summary, withPosition(d), d.Hint)
	}
}

func (l *eventLog) problem(level int, summary, detail, hint string) {
	attributes := []any{"detail", detail}
	if hint != "" {
		attributes = append(attributes, "hint", hint)
	}
	l.add(level, summary, attributes...)
}

// plan logs the changes of the plan.
func (l *eventLog) plan(saved *planfile.Saved) {
	p := saved.Plan
	l.add(levelInfo, "plan", "name", p.Name, "run_id", saved.Envelope.RunID, "plan_id", saved.ID, "add", p.Summary.Add, "change", p.Summary.Change,
		"destroy", p.Summary.Destroy, "upload_bytes", p.Summary.UploadBytes, "free_bytes", p.Summary.FreeBytes)
	for _, c := range p.Changes {
		kept, other := c.Why()
		l.add(levelInfo, "planned", "address", c.Address, "action", c.Action.String(), "bytes", c.Bytes, "why", strings.Join(slices.Concat(kept, other), "; "))
	}
	for _, n := range p.Notices {
		level := map[diff.Class]int{diff.ErrorClass: levelError, diff.WarningClass: levelWarn, diff.NoteClass: levelInfo}[n.Class]
		l.add(level, "notice", "code", n.Code, "text", n.Text)
	}
}

// logged returns a function that logs each event, warns of the events that a person should
// look at, and passes them on.
func (p *process) logged(next func(apply.Event)) func(apply.Event) {
	return func(e apply.Event) {
		p.ui.log.event(e)
		p.applyReport.run.event(e)
		p.warnOfEvent(e)
		next(e)
	}
}

// warnOfEvent warns of an event that a person should look at.
func (p *process) warnOfEvent(e apply.Event) {
	switch e := e.(type) {
	case apply.Skewed:
		p.ui.warning("Clocks differ", fmt.Sprintf("%s: The server's clock is %s %s. Retention uses this machine's clock.", e.Place, e.By.Abs(), map[bool]string{true: "ahead", false: "behind"}[e.By > 0]),
			"Set the clock of this machine or of the server.")
	case apply.Unrecorded:
		p.ui.warn("Record not written", fmt.Sprintf("%s: The record of complete sets could not be written: %v. The next plan compares with an older record.", e.Destination, e.Err))
	}
}

func (l *eventLog) event(e apply.Event) {
	switch e := e.(type) {
	case apply.Started:
		l.add(levelInfo, "work begins", "changes", e.Changes, "cleanups", e.Cleanups, "bytes", e.Bytes)
	case apply.ChangeStarted:
		l.add(levelInfo, "started", "address", e.Address, "action", e.Action.String(), "bytes", e.Bytes, "earlier", e.Earlier)
	case apply.StepDone:
		l.add(levelDebug, "step", "address", e.Address, "step", e.Step)
	case apply.ChangeDone:
		l.add(levelInfo, "done", "address", e.Address, "action", e.Action.String(), "bytes", e.Bytes, "earlier", e.Earlier)
	case apply.Failed:
		l.add(levelError, "failed", "address", e.Address, "error", e.Err)
	case apply.Cancelled:
		l.add(levelError, "cancelled", "address", e.Address, "error", e.Err)
	case apply.Finished:
		r := e.Result
		l.add(levelInfo, "work ended", "added", r.Added, "changed", r.Changed, "destroyed", r.Destroyed, "failed", r.Failed(),
			"uploaded_bytes", r.Uploaded, "freed_bytes", r.Freed, "seconds", r.Elapsed.Seconds())
	default:
		l.remark(e)
	}
}

// remark logs events that somebody may want to look at.
func (l *eventLog) remark(e apply.Event) {
	switch e := e.(type) {
	case apply.Skipped:
		l.add(levelWarn, "skipped", "address", e.Address, "error", e.Err)
	case apply.Remark:
		level := levelInfo
		if e.Warn {
			level = levelWarn
		}
		l.add(level, "remark", "address", e.Address, "text", e.Text)
	case apply.Scarce:
		l.add(levelWarn, "little space", "place", e.Place, "free", e.Free, "need", e.Need)
	case apply.Waiting:
		l.add(levelInfo, "waiting", "address", e.Address, "for", e.For.String())
	case apply.Locked:
		l.add(levelWarn, "locked", "destination", e.Destination, "error", e.Err)
	}
}
