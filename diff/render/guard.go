package render

import (
	"fmt"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state/wording"
)

// guard is a line for each refusal, with its consequence.
func guard(p *diff.Plan) []string {
	g := p.Guard
	if g == nil {
		return nil
	}
	lines := refusals(g, g.Refusals, func(r diff.Refusal) string {
		switch {
		case p.Unapproved():
			return Waiting(r.Deletes) + forApproval
		case len(g.Waiting) > 0:
			return Waiting(r.Deletes)
		}
		return "refused"
	})
	lifter := "-allow-shrink"
	if p.Options.Destroy {
		lifter = "-destroy"
	}
	lines = append(lines, refusals(g, g.Lifted, func(diff.Refusal) string { return "allowed by " + lifter })...)
	if p.Options.AllowShrink && len(g.Lifted) == 0 {
		lines = append(lines, "-allow-shrink is set, but the guard refuses nothing.")
	}
	return lines
}

// shownRefusals is how many refusals are listed.
const shownRefusals = 10

func refusals(g *diff.Guard, list []diff.Refusal, outcome func(diff.Refusal) string) []string {
	var lines []string
	for _, r := range list[:min(len(list), shownRefusals)] {
		lines = append(lines, fmt.Sprintf("%s: %s.", providers.Escape(g.Say(r)), outcome(r)))
	}
	if more := len(list) - shownRefusals; more > 0 {
		lines = append(lines, fmt.Sprintf("%d more; -json lists them all.", more))
	}
	return lines
}

// Waiting is "4 deletes wait".
func Waiting(n int) string {
	if n == 1 {
		return "1 delete waits"
	}
	return wording.Count(n, "delete") + " wait"
}

const forApproval = " for approval"

// waiting is what is held back of the plan, or "".
func waiting(p *diff.Plan) string {
	switch {
	case len(p.Waiting()) == 0:
		return ""
	case p.Unapproved():
		return Waiting(len(p.Waiting())) + forApproval
	}
	return Waiting(len(p.Waiting()))
}
