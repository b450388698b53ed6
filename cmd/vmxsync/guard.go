package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/vmxsync/vmxsync/apply"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/failure"
	"github.com/vmxsync/vmxsync/cmd/vmxsync/ui"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/diff/render"
	"github.com/vmxsync/vmxsync/providers"
)

// refusal is the failure of a plan that a guard refuses; nil if none does.
func refusal(plan *diff.Plan) error {
	if !plan.Refused() {
		return nil
	}
	hint := guardHints(plan.Guard, "If these deletes are intended, after a review: vmxsync plan -allow-shrink -out=FILE")
	return failure.New("Plan refused by a guard", failure.Hinted(failure.Reworded(refusals(plan.Guard), apply.ErrRefused), hint))
}

// waiting is the failure of an apply that left out deletes; nil if it left out none,
// or was asked to.
func waiting(plan *diff.Plan) error {
	if len(plan.Waiting()) == 0 || plan.Unapproved() {
		return nil
	}
	text := fmt.Sprintf("%s:\n%s", render.Waiting(len(plan.Waiting())), refusals(plan.Guard))
	hint := guardHints(plan.Guard, "To see them: vmxsync plan\nIf they are intended: vmxsync plan -allow-shrink -out=FILE, then vmxsync apply FILE")
	return failure.New("Deletes held back by a guard", failure.Hinted(failure.Reworded(text, failure.ErrWaiting), hint))
}

// shownRefusals is how many refusals are printed: a changed policy affects every VM.
const shownRefusals = 10

func refusals(g *diff.Guard) string {
	var lines []string
	for _, r := range g.Refusals[:min(len(g.Refusals), shownRefusals)] {
		lines = append(lines, providers.Escape(g.Say(r))+".")
	}
	if more := len(g.Refusals) - shownRefusals; more > 0 {
		lines = append(lines, fmt.Sprintf("%d more.", more))
	}
	return strings.Join(lines, "\n")
}

// guardHints are the next steps: after a review, or in the configuration.
func guardHints(g *diff.Guard, look string) string {
	breaks := func(rule string) bool {
		return slices.ContainsFunc(g.Refusals, func(r diff.Refusal) bool { return r.Rule == rule })
	}
	var ways []string
	if breaks(diff.ManyDamagedRule) {
		ways = append(ways, "A server or a connection that delivers wrong bytes looks like this, and then the copies are good. Look at the disk of the server, run vmxsync check NAME, and verify one set from another machine. To replace single sets: vmxsync plan -replace=ADDRESS.")
	}
	if breaks(diff.ShrinkRule) || breaks(diff.MaxDeletesRule) || breaks(diff.ManyDamagedRule) {
		ways = append(ways, look)
	}
	if breaks(diff.ShrinkRule) {
		ways = append(ways, "To allow as much in every plan, raise max_shrink_percent or min_loss in the guard block.")
	}
	if breaks(diff.MaxDeletesRule) {
		ways = append(ways, "To allow as many in every plan, raise max_deletes in the guard block.")
	}
	if breaks(diff.PreventDestroyRule) {
		ways = append(ways, "To allow deletes in a protected backup, set its prevent_destroy = false; no flag overrides it.")
	}
	return strings.Join(ways, "\n")
}

// withHeldDeletes returns the failure that decides the exit code: err, or held if err is nil.
// If err wins, held is printed and logged here.
func withHeldDeletes(out *ui.UI, err, held error) error {
	if err != nil {
		out.Log().Error(held)
		out.Fail(held)
	}
	return cmp.Or(err, held)
}
