package main

import (
	"errors"
	"strings"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/hclconfig"
)

// shortcoming joins the errors that stand in a plan: what of the configuration it
// does not bring about. Nil if there are none. An apply of it ends with exit code
// 3 at best.
func shortcoming(plan *diff.Plan) error {
	var errs []error
	for _, n := range plan.Failures() {
		errs = append(errs, hinted(errors.New(strings.TrimSuffix(n.Text, ".")), n.Hint))
	}
	return failure("Not everything is backed up", errors.Join(errs...))
}

// fallShort is the exit code that an apply of the plan has at best; nil where the
// plan brings about all. Where no plan is shown, the errors in it are printed.
func (p *process) fallShort(plan *diff.Plan) error {
	p.alarm(plan)
	if len(plan.Failures()) == 0 {
		return nil
	}
	return status(exitPartial)
}

// alarm prints the errors and warnings in a plan where the plan itself is not
// shown: -quiet is silent only where there is none. Warnings are counted with the
// plan already.
func (p *process) alarm(plan *diff.Plan) {
	if err := shortcoming(plan); err != nil && (p.voice.quiet || p.voice.json) {
		p.voice.diagnose(diagnostics(err))
	}
	var warnings hclconfig.Diagnostics
	for _, n := range plan.Notices {
		if n.Warns() {
			warnings = append(warnings, hclconfig.Diagnostic{Severity: hclconfig.Warning, Summary: "The plan has a warning", Detail: n.Text, Hint: n.Hint})
		}
	}
	if p.voice.quiet && p.voice.level >= levelWarn {
		p.voice.diagnose(warnings)
	}
}

// briefly is what is wrong with the plan in a few words; "" if nothing is.
func briefly(plan *diff.Plan) string {
	var parts []string
	for _, n := range plan.Failures() {
		parts = append(parts, n.Short())
	}
	return strings.Join(parts, ", ")
}
