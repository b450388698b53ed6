package main

import (
	"io"
	"strings"

	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/ui"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/diff/render"
)

// form prints a plan, in full or in part.
type form func(io.Writer, *diff.Plan, render.Style) error

// planForm returns the form that the flags ask for.
func planForm(summary, concise bool) form {
	switch {
	case summary:
		return render.Summary
	case concise:
		return render.Concise
	}
	return render.Text
}

// planText prints a plan in the style of the output.
func planText(out *ui.UI, plan *diff.Plan, print form) string {
	return styledPlan(plan, print, render.Style{Color: out.Color, Width: out.Width})
}

func styledPlan(plan *diff.Plan, print form, style render.Style) string {
	var b strings.Builder
	print(&b, plan, style) // a Builder takes all
	return b.String()
}

// printPlanJSON prints the document of a plan, with its steps.
func printPlanJSON(out *ui.UI, plan *diff.Plan, doc []byte) error {
	text, err := diff.WithSteps(doc, plan)
	if err != nil {
		return failure.New("The plan cannot be printed", err)
	}
	out.PrintJSON(string(text))
	return nil
}
