package report

import (
	"errors"
	"slices"
	"time"

	"github.com/vmxsync/vmxsync/apply"
	"github.com/vmxsync/vmxsync/apply/notify"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

// Results adds the outcomes of the changes to the report.
func (a *Apply) Results(r apply.Result, causes []apply.Cause) {
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

// LeftOut adds to the report that a destination was left out of the plan, and takes
// out the notice that reports the same.
func (a *Apply) LeftOut(place string, p notify.Problem, notices []diff.Notice) {
	a.report.LeftOut = append(a.report.LeftOut, place)
	for _, n := range notices {
		if n.Scope == place && slices.Contains([]string{"unreachable", "quota"}, n.Code) {
			a.report.Errors = slices.DeleteFunc(a.report.Errors, func(p notify.Problem) bool { return p.Detail == n.Text })
		}
	}
	a.report.Errors = append(a.report.Errors, p)
}

// addEnd adds to the report how the apply ended.
func (a *Apply) addEnd(err error) {
	code := failure.ExitCode(err)
	a.report.ExitCode = &code
	a.report.Seconds = time.Since(a.began).Seconds()
	switch {
	case code != 0:
		a.report.Result = notify.Failure
	case a.report.Result != notify.Skipped:
		a.report.Result = notify.Success
	}
	if failure.IsPrinted(err) {
		return
	}
	p, ok := errors.AsType[*failure.Problem](err)
	vague := ok && p.Err != nil && !errors.Is(err, diff.ErrNothingReachable)
	for _, d := range failure.Diagnostics(err) {
		a.report.Errors = append(a.report.Errors, notify.Problem{Summary: d.Summary, Detail: failure.WithPosition(d), Hint: d.Hint, Vague: vague})
	}
}
