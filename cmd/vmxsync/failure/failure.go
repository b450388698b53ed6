package failure

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/vmxsync/vmxsync/hclconfig/diag"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state/wording"
)

// Problem is an error with a summary of its own, in the shape of a diagnostic.
type Problem struct {
	Summary string           // without names
	Err     error            // the detail, with the names; nil for that of a configuration
	diags   diag.Diagnostics // of a configuration
}

func (p *Problem) Error() string {
	if p.Err == nil {
		return p.Summary
	}
	return p.Summary + ": " + p.Err.Error()
}

func (p *Problem) Unwrap() error { return p.Err }

// The summaries of failures that a command recognises.
const (
	WrongUsage     = "Wrong usage"        // of every wrong command line
	ApprovalNeeded = "Approval is needed" // of an apply that nobody can approve
)

// New gives err a summary for people; nil stays nil.
func New(summary string, err error) error {
	if err == nil {
		return nil
	}
	return &Problem{Summary: summary, Err: err}
}

// Usage is the failure of a command line.
func Usage(err error, hint string) error { return New(WrongUsage, Hinted(err, hint)) }

// Config is the failure of a configuration.
func Config(diags diag.Diagnostics) error {
	return &Problem{Summary: "Invalid configuration", diags: diags}
}

// Hinted is err with its next step; nil stays nil.
func Hinted(err error, hint string) error { return providers.WithHint(err, hint) }

// reworded is an error with another text, which stays the same error for errors.Is.
type reworded struct {
	text string
	err  error
}

func (r reworded) Error() string { return r.text }
func (r reworded) Unwrap() error { return r.err }

// Reworded is err with another text, which stays the same error for errors.Is.
func Reworded(text string, err error) error { return reworded{text, err} }

// Diagnostics returns err as diagnostics: several if errors were joined.
func Diagnostics(err error) diag.Diagnostics {
	var p *Problem
	if !errors.As(err, &p) {
		if errors.Is(err, context.Canceled) {
			return diag.Diagnostics{Diagnostic("Interrupted", "Completed changes are kept.", providers.Hint(err))}
		}
		return diag.Diagnostics{Diagnostic(wording.Capital(err.Error()), "", providers.Hint(err))}
	}
	if p.Err == nil {
		return p.diags
	}
	var diags diag.Diagnostics
	for _, one := range Unjoin(p.Err) {
		diags = append(diags, Diagnostic(p.Summary, one.Error(), providers.Hint(one)))
	}
	return diags
}

// Diagnostic is an error that is not about a position in a file.
func Diagnostic(summary, detail, hint string) diag.Diagnostic {
	return diag.Diagnostic{Severity: diag.Error, Summary: summary, Detail: detail, Hint: hint}
}

// Unjoin undoes errors.Join, and nothing but it: an error that wraps two for
// errors.Is is one error.
func Unjoin(err error) []error {
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return []error{err}
	}
	var all []error
	var lines []string
	for _, e := range joined.Unwrap() {
		all = append(all, Unjoin(e)...)
		lines = append(lines, e.Error())
	}
	if strings.Join(lines, "\n") != err.Error() {
		return []error{err}
	}
	return all
}

// WithPosition is the detail of a diagnostic with its file and line.
func WithPosition(d diag.Diagnostic) string {
	if len(d.Places) == 0 {
		return d.Detail
	}
	at := d.Places[0].Range
	return fmt.Sprintf("on %s line %d: %s", at.Filename, at.Start.Line, d.Detail)
}
