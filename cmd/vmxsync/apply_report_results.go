package main

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/vmxsync/vmxsync/apply"
	"github.com/vmxsync/vmxsync/apply/notify"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/hclconfig/diag"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

// addResults adds the outcomes of the changes to the report.
func (a *applyReport) addResults(r apply.Result, causes []apply.Cause) {
	if r.Outcomes == nil {
		return // no change was begun
	}
	a.outcomes, a.records = r.Outcomes, r.Known
	for place, record := range r.Known {
		for _, f := range record.Findings {
			if f.Run == a.report.Run {
				a.report = a.report.Without(state.Address(place, state.KeyOf(f.Key)))
			}
		}
	}
	why := map[string]string{}
	a.report.Changes, a.report.Causes = nil, nil
	for _, c := range causes {
		first := c.Outcomes[0]
		a.report.Causes = append(a.report.Causes, notify.Cause{
			Destination: c.Place, Text: c.Text, Short: c.Short, Failed: len(c.Outcomes), VMs: c.Sets(), First: first.Err.Error(), Hint: c.Hint,
		})
		for _, o := range c.Outcomes {
			why[o.Address] = c.Short
		}
	}
	for _, o := range r.Outcomes {
		for _, text := range o.Warnings {
			a.report.Warnings = append(a.report.Warnings, o.Address+": "+text)
		}
		if o.Action == 0 {
			continue
		}
		c := notify.Change{Address: o.Address, Action: o.Action.String(), Status: string(o.Status), Bytes: o.Bytes}
		if o.Err != nil {
			c.Error, c.Hint, c.Cause = o.Err.Error(), providers.Hint(o.Err), why[o.Address]
		}
		a.report.Changes = append(a.report.Changes, c)
	}
	a.report.Done = notify.Done{
		Added: r.Added, Changed: r.Changed, Destroyed: r.Destroyed, Failed: r.Failed(), UploadedBytes: r.Uploaded, FreedBytes: r.Freed,
	}
}

// addLeftOut adds to the report that a destination was left out of the plan, and takes
// out the notice that reports the same.
func (a *applyReport) addLeftOut(place string, p notify.Problem, notices []diff.Notice) {
	a.report.LeftOut = append(a.report.LeftOut, place)
	for _, n := range notices {
		if n.Scope == place && slices.Contains([]string{"unreachable", "quota"}, n.Code) {
			a.report.Errors = slices.DeleteFunc(a.report.Errors, func(p notify.Problem) bool { return p.Detail == n.Text })
		}
	}
	a.report.Errors = append(a.report.Errors, p)
}

// addEnd adds to the report how the apply ended.
func (a *applyReport) addEnd(err error) {
	code := exitCode(err)
	a.report.ExitCode = &code
	a.report.Seconds = time.Since(a.began).Seconds()
	switch {
	case code != exitDone:
		a.report.Result = notify.Failure
	case a.report.Result != notify.Skipped:
		a.report.Result = notify.Success
	}
	var s exitStatus
	if err == nil || errors.As(err, &s) {
		return
	}
	p, ok := errors.AsType[*problem](err)
	vague := ok && p.err != nil && !errors.Is(err, diff.ErrNothingReachable)
	for _, d := range diagnostics(err) {
		a.report.Errors = append(a.report.Errors, notify.Problem{Summary: d.Summary, Detail: withPosition(d), Hint: d.Hint, Vague: vague})
	}
}

// withPosition is the detail of a diagnostic with its file and line.
func withPosition(d diag.Diagnostic) string {
	if len(d.Places) == 0 {
		return d.Detail
	}
	at := d.Places[0].Range
	return fmt.Sprintf("on %s line %d: %s", at.Filename, at.Start.Line, d.Detail)
}

// withWarnings returns the report with all warnings so far.
func (a *applyReport) withWarnings(warned []string) notify.Report {
	r := a.report
	r.Warnings = slices.Concat(r.Warnings, warned)
	return r
}
