package render_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/diff/render"
)

// refused has a refusal by each rule.
func refused() *diff.Plan {
	plan, most := reviewed(), 0
	loss := diff.Loss{Scope: "nas/Bart", Before: 9, After: 6, Deletes: 4, Backup: "default"}
	plan.Guard = &diff.Guard{MaxShrinkPercent: 30, MinLoss: 3, MaxDeletes: &most, Refusals: []diff.Refusal{
		{Rule: diff.MaxDeletesRule, Loss: diff.Loss{Deletes: 1}}, {Rule: diff.ShrinkRule, Loss: loss}, {Rule: diff.PreventDestroyRule, Loss: loss},
	}}
	return plan
}

func lifted() *diff.Plan {
	plan := refused()
	plan.Options.AllowShrink = true
	plan.Guard.Lifted, plan.Guard.Refusals = plan.Guard.Refusals[:2], nil
	return plan
}

// held is what is left of a plan when its delete waits.
func held() *diff.Plan {
	plan := refused()
	plan.Guard.Waiting = []string{plan.Changes[1].Address}
	plan.Changes, plan.Summary.Destroy, plan.Summary.FreeBytes = plan.Changes[:1], 0, 0
	return plan
}

func heldAll() *diff.Plan {
	plan := held()
	plan.Changes, plan.Summary = nil, diff.Summary{}
	plan.Guard.Waiting = append(plan.Guard.Waiting, "nas/Bart/2026-08-01-010000")
	return plan
}

func TestText_saysThatAllowShrinkWasNotNeeded(t *testing.T) {
	plan := lifted()
	plan.Guard.Lifted = nil
	if got, want := printed(t, text, plan, render.Style{}), "Guard: -allow-shrink is set, but the guard refuses nothing.\n"; !strings.Contains(got, want) {
		t.Errorf("got\n%s\nwant in it\n%s", got, want)
	}
}

func TestText_tellsTheFirstRefusalsOfMany(t *testing.T) {
	plan := refused()
	for i := range 20 {
		plan.Guard.Refusals = append(plan.Guard.Refusals, diff.Refusal{Rule: diff.ShrinkRule, Loss: diff.Loss{Scope: fmt.Sprintf("nas/%s%d", hostile, i), Before: 9}})
	}
	got := printed(t, text, plan, render.Style{})
	if n := strings.Count(got, "Guard: "); n != 11 || !strings.Contains(got, "Guard: 13 more; -json lists them all.\n") {
		t.Errorf("%d lines of the guard in\n%s", n, got)
	}
	if strings.ContainsAny(got, "\x1b\a\r") {
		t.Errorf("a control character is printed:\n%q", got)
	}
}

// Where flags leave something out, nobody knows whether all is as it should be.
func TestText_saysOfWhatThereIsNothingToDo(t *testing.T) {
	for want, options := range map[string]diff.Options{
		"Your backups match the configuration.":                       {},
		"What -target and -exclude select matches the configuration.": {Exclude: []string{"nas/Bart"}},
		"-target matches nothing that may be deleted.":                {Destroy: true, Target: []string{"nas/Bart"}},
	} {
		got := printed(t, text, &diff.Plan{Options: options}, render.Style{})
		if !strings.HasPrefix(got, "No changes. "+want+"\n") {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	}
}
