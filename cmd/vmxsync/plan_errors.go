package main

import (
	"errors"
	"strings"

	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/ui"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/hclconfig/diag"
)

// planErrors joins the errors in a plan, about parts of the configuration that it
// does not carry out; nil if there are none. An apply of a plan with errors ends with
// exit code 3 at best.
func planErrors(plan *diff.Plan) error {
	var errs []error
	for _, n := range plan.Failures() {
		errs = append(errs, failure.Hinted(errors.New(strings.TrimSuffix(n.Text, ".")), n.Hint))
	}
	return failure.New("Not everything is backed up", errors.Join(errs...))
}

// bestResult returns the best possible result of an apply of the plan: nil if the plan
// has no errors. If the plan is not shown, its errors are printed.
func bestResult(out *ui.UI, plan *diff.Plan) error {
	printHiddenProblems(out, plan)
	if len(plan.Failures()) == 0 {
		return nil
	}
	return failure.Partial
}

// printHiddenProblems prints the errors and warnings in a plan if the plan itself is not shown:
// -quiet is silent only if there are none. The plan has counted the warnings already.
func printHiddenProblems(out *ui.UI, plan *diff.Plan) {
	if err := planErrors(plan); err != nil && (out.Quiet || out.JSON) {
		out.Diagnose(failure.Diagnostics(err))
	}
	var warnings diag.Diagnostics
	for _, n := range plan.Notices {
		if n.Warns() {
			warnings = append(warnings, diag.Diagnostic{Severity: diag.Warning, Summary: "The plan has a warning", Detail: n.Text, Hint: n.Hint})
		}
	}
	if out.Quiet {
		out.Cautions(warnings)
	}
}

// shortErrors is a short form of the errors in the plan; "" if there are none.
func shortErrors(plan *diff.Plan) string {
	var parts []string
	for _, n := range plan.Failures() {
		parts = append(parts, n.Short())
	}
	return strings.Join(parts, ", ")
}
