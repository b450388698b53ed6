package ui

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"strings"

	"github.com/vmxsync/vmxsync/apply/outcome"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
	"github.com/vmxsync/vmxsync/hclconfig/diag"
	"github.com/vmxsync/vmxsync/providers"
)

// Warn prints and counts a warning.
func (u *UI) Warn(summary, detail, hint string) {
	u.mu.Lock()
	u.warned = append(u.warned, summary+": "+detail)
	u.mu.Unlock()
	u.Caution(summary, detail, hint)
}

// WarnOf is Warn with the text and the hint of an error.
func (u *UI) WarnOf(summary string, err error) {
	u.Warn(summary, err.Error()+".", providers.Hint(err))
}

// Caution prints a warning that is not counted, because it is reported elsewhere.
func (u *UI) Caution(summary, detail, hint string) {
	u.log.problem(slog.LevelWarn, summary, detail, hint)
	u.Cautions(diag.Diagnostics{{Severity: diag.Warning, Summary: summary, Detail: detail, Hint: hint}})
}

// Cautions prints warnings that are neither counted nor logged.
func (u *UI) Cautions(diags diag.Diagnostics) {
	if u.shows(slog.LevelWarn) {
		u.Diagnose(diags)
	}
}

// Diagnose prints diagnostics to stderr.
func (u *UI) Diagnose(diags diag.Diagnostics) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.transcribe(diags)
	u.reported = u.reported || len(diags) > 0
	diag.Write(u.err, diags, u.Color, u.Width)
}

func (u *UI) transcribe(diags diag.Diagnostics) {
	var plain bytes.Buffer
	diag.Write(&plain, diags, false, u.Width) // a Buffer takes all
	u.transcript.add(plain.String())
}

// Record writes an error to transcript and log that is printed later.
func (u *UI) Record(err error) {
	if failure.IsPrinted(err) {
		return
	}
	u.log.Error(err)
	u.mu.Lock()
	defer u.mu.Unlock()
	u.transcribe(failure.Diagnostics(err))
}

// Fail prints the error that ends a command.
func (u *UI) Fail(err error) {
	if failure.IsPrinted(err) {
		return
	}
	diags := failure.Diagnostics(err)
	if u.JSON {
		u.mu.Lock()
		io.WriteString(u.out, document(diags, u.Events))
		u.mu.Unlock()
	}
	u.Diagnose(diags)
}

// document is diagnostics as JSON, on one line if every line is an event.
func document(diags diag.Diagnostics, events bool) string {
	var doc, line bytes.Buffer
	diag.WriteJSON(&doc, diags) // a Buffer takes all
	if events && json.Compact(&line, doc.Bytes()) == nil {
		line.WriteByte('\n')
		doc = line
	}
	return escapeJSON(doc.String())
}

// Failures prints the failed changes of an apply, one error per cause. A hint that
// several causes share is printed with the last of them only.
func (u *UI) Failures(causes []outcome.Cause) {
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
	u.Diagnose(all)
}

// causeDiagnostic returns the diagnostic of a cause: the error itself if there is only
// one, else how many there are of which VMs, and the first.
func causeDiagnostic(c outcome.Cause) diag.Diagnostics {
	first := c.Outcomes[0].Err
	if len(c.Outcomes) == 1 {
		return failure.Diagnostics(failure.New("A change failed", failure.Hinted(failure.Reworded(first.Error(), first), c.Hint)))
	}
	summary, list, _ := strings.Cut(c.Say(), " (")
	detail := strings.TrimSuffix(list, ")") + ". The first: " + first.Error()
	return diag.Diagnostics{failure.Diagnostic(summary, detail, c.Hint)}
}
