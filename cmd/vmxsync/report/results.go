package report

import (
	"errors"
	"slices"
	"time"

	"github.com/vmxsync/vmxsync/apply/notify"
	"github.com/vmxsync/vmxsync/apply/outcome"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

// withResults returns the report with the outcomes of the changes.
func withResults(report notify.Report, r outcome.Result, causes []outcome.Cause) notify.Report {
	for place, record := range r.Known {
		for _, f := range record.Findings {
			if f.Run == report.Run {
				report = report.Without(state.Address(place, state.KeyOf(f.Key)))
			}
		}
	}
	why := map[string]string{}
	report.Changes, report.Causes = nil, nil
	for _, c := range causes {
		first := c.Outcomes[0]
		report.Causes = append(report.Causes, notify.Cause{
			Destination: c.Place, Text: c.Text, Short: c.Short, Failed: len(c.Outcomes), VMs: c.Sets(), First: first.Err.Error(), Hint: c.Hint,
		})
		for _, o := range c.Outcomes {
			why[o.Address] = c.Short
		}
	}
	for _, o := range r.Outcomes {
		for _, text := range o.Warnings {
			report.Warnings = append(report.Warnings, o.Address+": "+text)
		}
		if o.Action == 0 {
			continue
		}
		c := notify.Change{Address: o.Address, Action: o.Action.String(), Status: string(o.Status), Bytes: o.Bytes}
		if o.Err != nil {
			c.Error, c.Hint, c.Cause = o.Err.Error(), providers.Hint(o.Err), why[o.Address]
		}
		report.Changes = append(report.Changes, c)
	}
	report.Done.Added, report.Done.Changed, report.Done.Destroyed, report.Done.Failed = r.Added, r.Changed, r.Destroyed, r.Failed()
	report.Done.UploadedBytes, report.Done.FreedBytes = r.Uploaded, r.Freed
	return report
}

// withoutPlace returns the report of a plan that leaves out a destination, for that reason,
// without the notice that reports the same.
func withoutPlace(report notify.Report, place string, why notify.Problem, notices []diff.Notice) notify.Report {
	report.LeftOut = append(report.LeftOut, place)
	for _, n := range notices {
		if n.Scope == place && slices.Contains([]string{"unreachable", "quota"}, n.Code) {
			report.Errors = slices.DeleteFunc(report.Errors, func(p notify.Problem) bool { return p.Detail == n.Text })
		}
	}
	report.Errors = append(report.Errors, why)
	return report
}

// ended returns the report of an apply that ended with err.
func ended(r notify.Report, err error, took time.Duration) notify.Report {
	code := failure.ExitCode(err)
	r.ExitCode = &code
	r.Seconds = took.Seconds()
	switch {
	case code != 0:
		r.Result = notify.Failure
	case r.Result != notify.Skipped:
		r.Result = notify.Success
	}
	if failure.IsPrinted(err) {
		return r
	}
	p, ok := errors.AsType[*failure.Problem](err)
	vague := ok && p.Err != nil && !errors.Is(err, diff.ErrNothingReachable)
	for _, d := range failure.Diagnostics(err) {
		r.Errors = append(r.Errors, notify.Problem{Summary: d.Summary, Detail: failure.WithPosition(d), Hint: d.Hint, Vague: vague})
	}
	return r
}
