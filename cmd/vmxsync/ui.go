package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"

	"github.com/mitchellh/go-wordwrap"

	"github.com/vmxsync/vmxsync/apply"
	"github.com/vmxsync/vmxsync/hclconfig/diag"
	"github.com/vmxsync/vmxsync/providers"
)

// ui is the only writer of stderr. Its rules:
//
// Results go to stdout, everything else to stderr. An error is a summary, a
// detail and, on a line of its own, a hint: the next step. What a server or a
// file name contributed is escaped. Nothing is printed twice.
type ui struct {
	mu     sync.Mutex
	out    io.Writer // stdout, or bars over it
	err    io.Writer // likewise stderr
	color  bool
	quiet  bool
	width  int
	level  int
	asked  bool // the user chose the level
	json   bool // a failure is a JSON document on stdout
	events bool // and each line of stdout is one
	warned []string

	stdout, stderr *outlet
	reported       bool // a warning or an error was written to stderr

	transcript transcript
	log        *eventLog
}

// The levels of -verbosity, least first.
var levels = []string{"error", "warn", "info", "debug", "trace"}

const (
	levelError = iota
	levelWarn
	levelInfo
	levelDebug
	levelTrace
)

func newUI(out, err io.Writer, color bool, width int) *ui {
	stdout, stderr := newOutlet("standard output", out), newOutlet("standard error", err)
	return &ui{out: stdout, err: stderr, stdout: stdout, stderr: stderr, color: color, width: width, level: levelInfo}
}

// setLevel sets the level from the value of a flag or a variable.
func (u *ui) setLevel(from, name string) error {
	level := slices.Index(levels, name)
	if level < 0 {
		return wrongUsage(fmt.Errorf("invalid %s %q: want %s or %s", from, name, strings.Join(levels[:levelTrace], ", "), levels[levelTrace]), "Leave it out for info.")
	}
	u.level = level
	return nil
}

// print writes a result to stdout.
func (u *ui) print(text string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.transcript.add(text)
	io.WriteString(u.out, text)
}

// result writes text to stdout that -quiet leaves out.
func (u *ui) result(text string) {
	if !u.quiet {
		u.print(text)
		return
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	u.transcript.add(text)
}

// line is result for one line of any length.
func (u *ui) line(text string) {
	text = providers.Escape(text)
	u.mu.Lock()
	defer u.mu.Unlock()
	u.transcript.add(text + "\n")
	if !u.quiet {
		io.WriteString(u.out, u.folded(text, levelInfo)+"\n")
	}
}

// sum is line for a summary that ends with the number of warnings, in their colour;
// warned is "" if there are none.
func (u *ui) sum(text, warned string) {
	if warned == "" || !u.color {
		u.line(strings.TrimSuffix(text+" "+warned, " "))
		return
	}
	text = providers.Escape(text)
	u.mu.Lock()
	defer u.mu.Unlock()
	u.transcript.add(text + " " + warned + "\n")
	if u.quiet {
		return
	}
	plain, whole := strings.CutSuffix(u.folded(text+" "+warned, levelInfo), warned)
	if whole { // it was not broken within
		warned = "\x1b[1;33m" + warned + "\x1b[0m"
	} else {
		warned = ""
	}
	io.WriteString(u.out, plain+warned+"\n")
}

// enabled reports whether messages of that level are printed or logged.
func (u *ui) enabled(level int) bool { return level <= u.level || u.log.wants(level) }

// logf writes a line to stderr and to the log, if their levels include it.
func (u *ui) logf(level int, format string, args ...any) {
	if !u.enabled(level) {
		return
	}
	text := providers.Escape(fmt.Sprintf(format, args...))
	u.log.add(level, text)
	if level > u.level {
		return
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	u.transcript.add(text + "\n")
	u.reported = u.reported || level < levelInfo
	if !u.quiet || level < levelInfo {
		fmt.Fprintln(u.err, u.folded(text, level))
	}
}

// folded breaks a line at its spaces on a terminal, which would break it anywhere.
// Debug and trace messages stay on one line.
func (u *ui) folded(line string, level int) string {
	if !u.color || level >= levelDebug {
		return line
	}
	return strings.ReplaceAll(wordwrap.WrapString(line, uint(u.width-2)), "\n", "\n  ")
}

// warn prints and counts a warning.
func (u *ui) warn(summary, detail string) { u.warning(summary, detail, "") }

// warnOf is warn with the text and the hint of an error.
func (u *ui) warnOf(summary string, err error) {
	u.warning(summary, err.Error()+".", providers.Hint(err))
}

func (u *ui) warning(summary, detail, hint string) {
	u.mu.Lock()
	u.warned = append(u.warned, summary+": "+detail)
	u.mu.Unlock()
	u.caution(summary, detail, hint)
}

// caution prints a warning that is not counted, because it is reported elsewhere.
func (u *ui) caution(summary, detail, hint string) {
	u.log.problem(levelWarn, summary, detail, hint)
	if u.level >= levelWarn {
		u.diagnose(diag.Diagnostics{{Severity: diag.Warning, Summary: summary, Detail: detail, Hint: hint}})
	}
}

// diagnose prints diagnostics to stderr.
func (u *ui) diagnose(diags diag.Diagnostics) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.transcribe(diags)
	u.reported = u.reported || len(diags) > 0
	diag.Write(u.err, diags, u.color, u.width)
}

func (u *ui) transcribe(diags diag.Diagnostics) {
	var plain bytes.Buffer
	diag.Write(&plain, diags, false, u.width) // a Buffer takes all
	u.transcript.add(plain.String())
}

// record writes an error to transcript and log that is printed later.
func (u *ui) record(err error) {
	u.log.problems(levelError, err)
	var s exitStatus
	if err == nil || errors.As(err, &s) {
		return
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	u.transcribe(diagnostics(err))
}

// fail prints the error that ends a command.
func (u *ui) fail(err error) {
	var s exitStatus
	if err == nil || errors.As(err, &s) {
		return
	}
	diags := diagnostics(err)
	if u.json {
		u.mu.Lock()
		u.document(diags)
		u.mu.Unlock()
	}
	u.diagnose(diags)
}

// failures prints the failed changes of an apply, one error per cause. A hint that
// several causes share is printed with the last of them only.
func (u *ui) failures(causes []apply.Cause) {
	var all diag.Diagnostics
	last := map[string]int{}
	for _, c := range causes {
		all = append(all, causeDiagnostic(c)...)
	}
	for i, d := range all {
		if before, again := last[d.Hint]; again {
			all[before].Hint = ""
		}
		last[d.Hint] = i
	}
	u.diagnose(all)
}

// causeDiagnostic returns the diagnostic of a cause: the error itself if there is only
// one, else how many there are of which VMs, and the first.
func causeDiagnostic(c apply.Cause) diag.Diagnostics {
	first := c.Outcomes[0].Err
	if len(c.Outcomes) == 1 {
		return diagnostics(failure("A change failed", hinted(reworded{first.Error(), first}, c.Hint)))
	}
	summary, list, _ := strings.Cut(c.Say(), " (")
	detail := strings.TrimSuffix(list, ")") + ". The first: " + first.Error()
	return diag.Diagnostics{plain(summary, detail, c.Hint)}
}

// document writes diagnostics to stdout, on one line if every line is an event.
func (u *ui) document(diags diag.Diagnostics) {
	var doc, line bytes.Buffer
	diag.WriteJSON(&doc, diags) // a Buffer takes all
	if u.events && json.Compact(&line, doc.Bytes()) == nil {
		line.WriteByte('\n')
		doc = line
	}
	io.WriteString(u.out, escapeJSON(doc.String()))
}

// problem is an error with a summary of its own, in the shape of a diagnostic.
type problem struct {
	summary string // without names
	err     error  // the detail, with the names
	diags   diag.Diagnostics
}

func (p *problem) Error() string {
	if p.err == nil {
		return p.summary
	}
	return p.summary + ": " + p.err.Error()
}

func (p *problem) Unwrap() error { return p.err }

// summaryUsage is the summary of every wrong command line.
const summaryUsage = "Wrong usage"

// wrongUsage is the failure of a command line.
func wrongUsage(err error, hint string) error { return failure(summaryUsage, hinted(err, hint)) }

// failure gives err a summary for people.
func failure(summary string, err error) error {
	if err == nil {
		return nil
	}
	return &problem{summary: summary, err: err}
}

// reworded is an error with another text, which stays the same error for errors.Is.
type reworded struct {
	text string
	err  error
}

func (r reworded) Error() string { return r.text }
func (r reworded) Unwrap() error { return r.err }

// invalidConfig is the failure of a configuration.
func invalidConfig(diags diag.Diagnostics) error {
	return &problem{summary: "Invalid configuration", diags: diags}
}

func hinted(err error, hint string) error { return providers.WithHint(err, hint) }

// diagnostics returns err as diagnostics: several if errors were joined.
func diagnostics(err error) diag.Diagnostics {
	var p *problem
	if !errors.As(err, &p) {
		if errors.Is(err, context.Canceled) {
			return diag.Diagnostics{plain("Interrupted", "Completed changes are kept.", providers.Hint(err))}
		}
		return diag.Diagnostics{plain(capital(err.Error()), "", providers.Hint(err))}
	}
	if p.err == nil {
		return p.diags
	}
	var diags diag.Diagnostics
	for _, one := range unjoin(p.err) {
		diags = append(diags, plain(p.summary, one.Error(), providers.Hint(one)))
	}
	return diags
}

func plain(summary, detail, hint string) diag.Diagnostic {
	return diag.Diagnostic{Severity: diag.Error, Summary: summary, Detail: detail, Hint: hint}
}

// unjoin undoes errors.Join, and nothing but it: an error that wraps two for
// errors.Is is one error.
func unjoin(err error) []error {
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return []error{err}
	}
	var all []error
	var lines []string
	for _, e := range joined.Unwrap() {
		all = append(all, unjoin(e)...)
		lines = append(lines, e.Error())
	}
	if strings.Join(lines, "\n") != err.Error() {
		return []error{err}
	}
	return all
}

func capital(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
