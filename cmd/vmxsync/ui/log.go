package ui

import (
	"context"
	"log/slog"
	"os"
	"slices"
	"strings"

	"github.com/vmxsync/vmxsync/apply/logfile"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/diff/planfile"
	"github.com/vmxsync/vmxsync/state/config"
)

// Log writes what an apply does to the log file of the log block. Nil writes nothing.
type Log struct {
	file  *logfile.File
	lines *slog.Logger
	level slog.Level
}

// OpenLog opens the file of a log block.
func OpenLog(log config.Log) (*Log, error) {
	file, err := logfile.Open(log)
	if err != nil {
		return nil, err
	}
	return &Log{file: file, lines: file.Logger().With("pid", os.Getpid()), level: logfile.Level(log.Level)}, nil
}

// Err returns why lines were lost; nil if none were.
func (l *Log) Err() error {
	if l == nil {
		return nil
	}
	return l.file.Err()
}

// Close ends the log; Err has returned its errors.
func (l *Log) Close() {
	if l != nil {
		l.file.Close()
	}
}

// wants reports whether lines of that level are written.
func (l *Log) wants(level slog.Level) bool { return l != nil && level >= l.level }

// Add writes a line with attributes: names and values in turn.
func (l *Log) Add(level slog.Level, text string, attributes ...any) {
	if l.wants(level) {
		l.lines.Log(context.Background(), level, text, attributes...)
	}
}

// Error logs an error in the form that people read.
func (l *Log) Error(err error) {
	if l == nil || failure.IsPrinted(err) {
		return
	}
	for _, d := range failure.Diagnostics(err) {
		l.problem(slog.LevelError, d.Summary, failure.WithPosition(d), d.Hint)
	}
}

func (l *Log) problem(level slog.Level, summary, detail, hint string) {
	attributes := []any{"detail", detail}
	if hint != "" {
		attributes = append(attributes, "hint", hint)
	}
	l.Add(level, summary, attributes...)
}

// Plan logs the changes of a plan.
func (l *Log) Plan(saved *planfile.Saved) {
	p := saved.Plan
	l.Add(slog.LevelInfo, "plan", "name", p.Name, "run_id", saved.Envelope.RunID, "plan_id", saved.ID, "add", p.Summary.Add, "change", p.Summary.Change,
		"destroy", p.Summary.Destroy, "upload_bytes", p.Summary.UploadBytes, "free_bytes", p.Summary.FreeBytes)
	for _, c := range p.Changes {
		kept, other := c.Why()
		l.Add(slog.LevelInfo, "planned", "address", c.Address, "action", c.Action.String(), "bytes", c.Bytes, "why", strings.Join(slices.Concat(kept, other), "; "))
	}
	for _, n := range p.Notices {
		level := map[diff.Class]slog.Level{diff.ErrorClass: slog.LevelError, diff.WarningClass: slog.LevelWarn, diff.NoteClass: slog.LevelInfo}[n.Class]
		l.Add(level, "notice", "code", n.Code, "text", n.Text)
	}
}
