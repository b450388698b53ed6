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
	"github.com/vmxsync/vmxsync/hclconfig"
	"github.com/vmxsync/vmxsync/providers"
)

// voice is the only writer of stderr. Its rules:
//
// Results go to stdout, everything else to stderr. An error is a summary, a
// detail and, on a line of its own, a hint: the next step. What a server or a
// file name contributed is escaped. Nothing is printed twice.
type voice struct {
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
	alarmed        bool // a warning or an error was written to stderr

	transcript transcript
	log        *logbook
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

func newVoice(out, err io.Writer, color bool, width int) *voice {
	stdout, stderr := newOutlet("standard output", out), newOutlet("standard error", err)
	return &voice{out: stdout, err: stderr, stdout: stdout, stderr: stderr, color: color, width: width, level: levelInfo}
}

// setLevel sets the level from the value of a flag or a variable.
func (v *voice) setLevel(from, name string) error {
	level := slices.Index(levels, name)
	if level < 0 {
		return wrongUsage(fmt.Errorf("invalid %s %q: want %s or %s", from, name, strings.Join(levels[:levelTrace], ", "), levels[levelTrace]), "Leave it out for info.")
	}
	v.level = level
	return nil
}

// print writes a result to stdout.
func (v *voice) print(text string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.transcript.add(text)
	io.WriteString(v.out, text)
}

// result writes text to stdout that -quiet leaves out.
func (v *voice) result(text string) {
	if !v.quiet {
		v.print(text)
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.transcript.add(text)
}

// line is result for one line of any length.
func (v *voice) line(text string) {
	text = providers.Escape(text)
	v.mu.Lock()
	defer v.mu.Unlock()
	v.transcript.add(text + "\n")
	if !v.quiet {
		io.WriteString(v.out, v.folded(text, levelInfo)+"\n")
	}
}

// sum is line for a summary that ends with the number of warnings, in their colour;
// warned is "" if there are none.
func (v *voice) sum(text, warned string) {
	if warned == "" || !v.color {
		v.line(strings.TrimSuffix(text+" "+warned, " "))
		return
	}
	text = providers.Escape(text)
	v.mu.Lock()
	defer v.mu.Unlock()
	v.transcript.add(text + " " + warned + "\n")
	if v.quiet {
		return
	}
	plain, whole := strings.CutSuffix(v.folded(text+" "+warned, levelInfo), warned)
	if whole { // it was not broken within
		warned = "\x1b[1;33m" + warned + "\x1b[0m"
	} else {
		warned = ""
	}
	io.WriteString(v.out, plain+warned+"\n")
}

// heeds reports whether messages of that level are printed or logged.
func (v *voice) heeds(level int) bool { return level <= v.level || v.log.wants(level) }

// tell writes a line to stderr and to the log, if their levels include it.
func (v *voice) tell(level int, format string, args ...any) {
	if !v.heeds(level) {
		return
	}
	text := providers.Escape(fmt.Sprintf(format, args...))
	v.log.add(level, text)
	if level > v.level {
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.transcript.add(text + "\n")
	v.alarmed = v.alarmed || level < levelInfo
	if !v.quiet || level < levelInfo {
		fmt.Fprintln(v.err, v.folded(text, level))
	}
}

// folded breaks a line at its spaces on a terminal, which would break it anywhere.
// Debug and trace messages stay on one line.
func (v *voice) folded(line string, level int) string {
	if !v.color || level >= levelDebug {
		return line
	}
	return strings.ReplaceAll(wordwrap.WrapString(line, uint(v.width-2)), "\n", "\n  ")
}

// warn prints and counts a warning.
func (v *voice) warn(summary, detail string) { v.warning(summary, detail, "") }

// warnOf is warn with the text and the hint of an error.
func (v *voice) warnOf(summary string, err error) {
	v.warning(summary, err.Error()+".", providers.Hint(err))
}

func (v *voice) warning(summary, detail, hint string) {
	v.mu.Lock()
	v.warned = append(v.warned, summary+": "+detail)
	v.mu.Unlock()
	v.caution(summary, detail, hint)
}

// caution prints a warning that is not counted, because it is reported elsewhere.
func (v *voice) caution(summary, detail, hint string) {
	v.log.problem(levelWarn, summary, detail, hint)
	if v.level >= levelWarn {
		v.diagnose(hclconfig.Diagnostics{{Severity: hclconfig.Warning, Summary: summary, Detail: detail, Hint: hint}})
	}
}

// diagnose prints diagnostics to stderr.
func (v *voice) diagnose(diags hclconfig.Diagnostics) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.transcribe(diags)
	v.alarmed = v.alarmed || len(diags) > 0
	hclconfig.Write(v.err, diags, v.color, v.width)
}

func (v *voice) transcribe(diags hclconfig.Diagnostics) {
	var plain bytes.Buffer
	hclconfig.Write(&plain, diags, false, v.width) // a Buffer takes all
	v.transcript.add(plain.String())
}

// record writes an error to transcript and log that is printed later.
func (v *voice) record(err error) {
	v.log.problems(levelError, err)
	var s status
	if err == nil || errors.As(err, &s) {
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.transcribe(diagnostics(err))
}

// fail prints the error that ends a command.
func (v *voice) fail(err error) {
	var s status
	if err == nil || errors.As(err, &s) {
		return
	}
	diags := diagnostics(err)
	if v.json {
		v.mu.Lock()
		v.document(diags)
		v.mu.Unlock()
	}
	v.diagnose(diags)
}

// failures prints the failed changes of an apply, one error per cause. A hint that
// several causes share is printed with the last of them only.
func (v *voice) failures(causes []apply.Cause) {
	var all hclconfig.Diagnostics
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
	v.diagnose(all)
}

// causeDiagnostic returns the diagnostic of a cause: the error itself if there is only
// one, else how many there are of which VMs, and the first.
func causeDiagnostic(c apply.Cause) hclconfig.Diagnostics {
	first := c.Outcomes[0].Err
	if len(c.Outcomes) == 1 {
		return diagnostics(failure("A change failed", hinted(restated{first.Error(), first}, c.Hint)))
	}
	summary, list, _ := strings.Cut(c.Say(), " (")
	detail := strings.TrimSuffix(list, ")") + ". The first: " + first.Error()
	return hclconfig.Diagnostics{plain(summary, detail, c.Hint)}
}

// document writes diagnostics to stdout, on one line if every line is an event.
func (v *voice) document(diags hclconfig.Diagnostics) {
	var doc, line bytes.Buffer
	hclconfig.WriteJSON(&doc, diags) // a Buffer takes all
	if v.events && json.Compact(&line, doc.Bytes()) == nil {
		line.WriteByte('\n')
		doc = line
	}
	io.WriteString(v.out, harmless(doc.String()))
}

// problem is an error with a summary of its own, in the shape of a diagnostic.
type problem struct {
	summary string // without names
	err     error  // the detail, with the names
	diags   hclconfig.Diagnostics
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

// restated is an error with another text, which stays the same error for errors.Is.
type restated struct {
	text string
	err  error
}

func (r restated) Error() string { return r.text }
func (r restated) Unwrap() error { return r.err }

// refused is the failure of a configuration.
func refused(diags hclconfig.Diagnostics) error {
	return &problem{summary: "Invalid configuration", diags: diags}
}

func hinted(err error, hint string) error { return providers.WithHint(err, hint) }

// diagnostics returns err as diagnostics: several if errors were joined.
func diagnostics(err error) hclconfig.Diagnostics {
	var p *problem
	if !errors.As(err, &p) {
		if errors.Is(err, context.Canceled) {
			return hclconfig.Diagnostics{plain("Interrupted", "Completed changes are kept.", providers.Hint(err))}
		}
		return hclconfig.Diagnostics{plain(capital(err.Error()), "", providers.Hint(err))}
	}
	if p.err == nil {
		return p.diags
	}
	var diags hclconfig.Diagnostics
	for _, one := range unjoin(p.err) {
		diags = append(diags, plain(p.summary, one.Error(), providers.Hint(one)))
	}
	return diags
}

func plain(summary, detail, hint string) hclconfig.Diagnostic {
	return hclconfig.Diagnostic{Severity: hclconfig.Error, Summary: summary, Detail: detail, Hint: hint}
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
