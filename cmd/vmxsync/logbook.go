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
	"github.com/vmxsync/vmxsync/state"
)

// logbook writes down an apply as the log block wants it. Nil writes nothing.
type logbook struct {
	file  *logfile.File
	lines *slog.Logger
	level int // as of -verbosity
}

// startLog opens the log of an apply that begins. One that cannot be written is
// a warning.
func (p *process) startLog(log *state.Log) {
	if log == nil || p.voice.log != nil {
		return
	}
	file, err := logfile.Open(*log)
	if err != nil {
		p.voice.warnOf("The log cannot be written", err)
		return
	}
	p.voice.log = &logbook{file: file, lines: file.Logger().With("pid", os.Getpid()), level: slices.Index(levels, log.Level)}
	p.voice.log.add(levelInfo, "apply begins", "host", p.around.report.Host, "version", version)
}

// warnOfLog tells, while there is somebody to tell, that lines were lost.
func (p *process) warnOfLog() {
	if p.voice.log == nil {
		return
	}
	if err := p.voice.log.file.Err(); err != nil {
		p.voice.warnOf("The log is not whole", err)
	}
}

// endLog comes last: nothing that is told afterwards is written down.
func (p *process) endLog(err error) {
	if p.voice.log != nil {
		p.voice.log.add(levelInfo, "apply ended", "exit_code", exitCode(err))
		p.voice.log.file.Close() // what it could not write has been told
	}
}

// wants tells whether lines of that level are written.
func (l *logbook) wants(level int) bool { return l != nil && level <= l.level }

func (l *logbook) add(level int, text string, attributes ...any) {
	if l.wants(level) {
		l.lines.Log(context.Background(), logfile.Level(levels[level]), text, attributes...)
	}
}

// problems writes an error down as people read it.
func (l *logbook) problems(level int, err error) {
	var s status
	if l == nil || err == nil || errors.As(err, &s) {
		return
	}
	for _, d := range diagnostics(err) {
		l.problem(level, d.Summary, placed(d), d.Hint)
	}
}

func (l *logbook) problem(level int, summary, detail, hint string) {
	attributes := []any{"detail", detail}
	if hint != "" {
		attributes = append(attributes, "hint", hint)
	}
	l.add(level, summary, attributes...)
}

// plan writes down what is to be done.
func (l *logbook) plan(saved *diff.Saved) {
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

// logged passes events on when they are written down. What a person should look at is
// a warning, whoever tells the events.
func (p *process) logged(tell func(apply.Event)) func(apply.Event) {
	return func(e apply.Event) {
		p.voice.log.event(e)
		p.around.run.event(e)
		p.warnOfEvent(e)
		tell(e)
	}
}

func (p *process) warnOfEvent(e apply.Event) {
	switch e := e.(type) {
	case apply.Skewed:
		than := map[bool]string{true: "ahead of", false: "behind"}[e.By > 0]
		p.voice.warning("Clocks differ", fmt.Sprintf("%s: Its clock is %s %s ours. What is old enough to go is decided by ours.", e.Place, e.By.Abs(), than),
			"Set the clock of this machine or of the server.")
	case apply.Unrecorded:
		p.voice.warn("Record not written", fmt.Sprintf("%s: What is complete there could not be recorded: %v. The next plan compares with an older record.", e.Destination, e.Err))
	}
}

func (l *logbook) event(e apply.Event) {
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

// remark writes down what somebody may want to look at.
func (l *logbook) remark(e apply.Event) {
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
		l.add(levelWarn, "little room", "place", e.Place, "free", e.Free, "need", e.Need)
	case apply.Waiting:
		l.add(levelInfo, "waiting", "address", e.Address, "for", e.For.String())
	case apply.Locked:
		l.add(levelWarn, "locked", "destination", e.Destination, "error", e.Err)
	}
}
