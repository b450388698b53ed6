package main

import (
	"errors"
	"strings"

	"github.com/vmxsync/vmxsync/diff"
)

// shortcoming joins the errors that stand in a plan: what of the configuration it
// does not bring about. Nil if there are none. An apply of it ends with exit code
// 3 at best.
func shortcoming(plan *diff.Plan) error {
	var errs []error
	for _, n := range plan.Failures() {
		errs = append(errs, hinted(errors.New(strings.TrimSuffix(n.Text, ".")), n.Hint))
	}
	return failure("Not all is backed up", errors.Join(errs...))
}

// fallShort is the exit code that an apply of the plan has at best; nil where the
// plan brings about all. Where no plan is shown, the errors in it are printed.
func (p *process) fallShort(plan *diff.Plan) error {
	err := shortcoming(plan)
	if err == nil {
		return nil
	}
	if p.voice.quiet || p.voice.json {
		p.voice.diagnose(diagnostics(err))
	}
	return status(exitPartial)
}

// briefly is what is wrong with the plan in a few words; "" if nothing is.
func briefly(plan *diff.Plan) string {
	var parts []string
	for _, n := range plan.Failures() {
		parts = append(parts, n.Short())
	}
	return strings.Join(parts, ", ")
}
