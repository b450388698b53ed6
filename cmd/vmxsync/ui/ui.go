package ui

import (
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"strings"

	"golang.org/x/term"

	"github.com/vmxsync/vmxsync/apply/logfile"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state/config"
)

// UI writes the output of one run of the program. It is safe for concurrent use; its
// exported fields are set before the work begins.
type UI struct {
	Style
	Quiet  bool // results are left out
	JSON   bool // a failure is a JSON document on stdout
	Events bool // and each line of stdout is one

	level slog.Level // of stderr
	asked bool       // the user chose it

	*streams
	warned []string
	log    *Log
}

// New returns the output on these streams.
func New(out, err io.Writer, style Style) *UI {
	return &UI{Style: style, level: slog.LevelInfo, streams: newStreams(out, err)}
}

// SetLevel sets the level of stderr from the value of a flag or a variable; asked: the
// user chose it.
func (u *UI) SetLevel(from, name string, asked bool) error {
	names := config.LogLevels()
	if !slices.Contains(names, name) {
		last := len(names) - 1
		return failure.Usage(fmt.Errorf("invalid %s %q: want %s or %s", from, name, strings.Join(names[:last], ", "), names[last]), "Leave it out for info.")
	}
	u.level, u.asked = logfile.Level(name), asked
	return nil
}

// InDetail reports whether the user has asked for all details, with -verbosity=info or more.
func (u *UI) InDetail() bool { return u.asked && u.shows(slog.LevelInfo) }

// shows reports whether messages of that level are printed.
func (u *UI) shows(level slog.Level) bool { return level >= u.level }

// Enabled reports whether messages of that level are printed or logged.
func (u *UI) Enabled(level slog.Level) bool { return u.shows(level) || u.log.wants(level) }

// Result writes text to stdout that -quiet leaves out.
func (u *UI) Result(text string) {
	if !u.Quiet {
		u.Print(text)
		return
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	u.transcript.add(text)
}

// Line is Result for one line of any length.
func (u *UI) Line(text string) {
	text = providers.Escape(text)
	u.mu.Lock()
	defer u.mu.Unlock()
	u.transcript.add(text + "\n")
	if !u.Quiet {
		io.WriteString(u.out, u.fold(text)+"\n")
	}
}

// Sum is Line for a summary that ends with the number of warnings, in their colour;
// warned is "" if there are none.
func (u *UI) Sum(text, warned string) {
	if warned == "" || !u.Color {
		u.Line(strings.TrimSuffix(text+" "+warned, " "))
		return
	}
	text = providers.Escape(text)
	u.mu.Lock()
	defer u.mu.Unlock()
	u.transcript.add(text + " " + warned + "\n")
	if u.Quiet {
		return
	}
	plain, whole := strings.CutSuffix(u.fold(text+" "+warned), warned)
	if whole { // it was not broken within
		warned = u.Paint("1;33", warned)
	} else {
		warned = ""
	}
	io.WriteString(u.out, plain+warned+"\n")
}

// Logf writes a line to stderr and to the log, if their levels include it. Debug and
// trace messages stay on one line.
func (u *UI) Logf(level slog.Level, format string, args ...any) {
	if !u.Enabled(level) {
		return
	}
	text := providers.Escape(fmt.Sprintf(format, args...))
	u.log.Add(level, text)
	if !u.shows(level) {
		return
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	u.transcript.add(text + "\n")
	u.reported = u.reported || level > slog.LevelInfo
	if u.Quiet && level <= slog.LevelInfo {
		return
	}
	if level >= slog.LevelInfo {
		text = u.fold(text)
	}
	fmt.Fprintln(u.err, text)
}

// Silent reports whether -quiet was given.
func (u *UI) Silent() bool { return u.Quiet }

// LogOnly writes a line to the log alone.
func (u *UI) LogOnly(level slog.Level, text string) { u.log.Add(level, text) }

// LogErr returns why lines of the log were lost; nil if none were.
func (u *UI) LogErr() error { return u.log.Err() }

// Log returns the log of the log block; nil if there is none, which logs nothing.
func (u *UI) Log() *Log { return u.log }

// SetLog begins to log.
func (u *UI) SetLog(l *Log) { u.log = l }

// Warned returns the warnings that were counted so far.
func (u *UI) Warned() []string {
	u.mu.Lock()
	defer u.mu.Unlock()
	return slices.Clone(u.warned)
}

// Canvas returns the terminal that bars can be drawn on, because it can move its cursor;
// nil if stdout is none, or nothing is to be printed.
func (u *UI) Canvas() *os.File {
	if !u.Color || u.Quiet || !IsTerminal(u.stdout.to) {
		return nil
	}
	return u.stdout.to.(*os.File)
}

// IsTerminal reports whether a stream is a terminal.
func IsTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// HasEscapes reports whether a stream obeys escape sequences.
func HasEscapes(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && hasEscapes(f)
}
