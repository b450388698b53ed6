package diff_test

import (
	"slices"
	"testing"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/state"
)

func TestOnlyCreate_leavesAllDeletes(t *testing.T) {
	w := shrinking(map[string]int{"Bart": 10, "Lisa": 4})
	w.holds("vmx", set(keyOf("Bart", 11), state.Complete))
	p := w.compute(t)
	rest := p.OnlyCreate()
	wantPlan(t, rest, "+upload nas/Bart/2026-11-11-010000")
	if !rest.Unapproved() || rest.Refused() || len(rest.Waiting()) != 9 || rest.Waiting()[0] != "nas/Bart/2026-11-01-010000" {
		t.Errorf("unapproved: %v, refused: %v, waiting %q", rest.Unapproved(), rest.Refused(), rest.Waiting())
	}
	if last := rest.Kept[len(rest.Kept)-1]; last.Reasons[0].Text != "its delete waits for approval" {
		t.Errorf("kept last: %+v", last)
	}
	if held := rest.HoldBack(); held != rest {
		t.Errorf("a guard refuses what waits: %+v", held.Guard)
	}
	if _, err := diff.Open(seal(t, rest, nil), nil); err != nil {
		t.Errorf("Open: %v", err)
	}
	if !slices.ContainsFunc(p.Changes, func(c diff.Change) bool { return c.Action == diff.Delete }) || p.Unapproved() {
		t.Errorf("the plan itself was changed: %q", say(p))
	}
	if again := rest.OnlyCreate(); again != rest {
		t.Errorf("left out twice: %q", say(again))
	}
}

func TestOnlyCreate_leavesWhatNeedsADelete(t *testing.T) {
	w := shrinking(map[string]int{"Bart": 4})
	w.holds("vmx", set(keyOf("Bart", 5), state.Complete))
	p := w.compute(t)
	crowded(p, 4, 4)
	rest := p.OnlyCreate()
	wantPlan(t, rest)
	wantNotice(t, rest, "waits", "nas: 1 upload waits for deletes that are not approved (Bart/2026-11-05-010000).")
}
