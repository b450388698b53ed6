package diff_test

import (
	"slices"
	"testing"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
)

// A VM that is gone for good stays under retention, with the floor, and nothing is
// reported of it any more, though its sets grow old.
func TestCompute_retiredVMIsRotatedAndSilent(t *testing.T) {
	w := newWorld().holds("vmx", sets(state.Complete, 21)...).holds("nas", sets(state.Complete, 21)...)
	for day := 1; day <= 5; day++ {
		w.holds("nas", set(keyOf("Gone", day), state.Complete))
	}
	w.spec.Backups[0].FreshWithin = config.Span{Days: 2}
	w.spec.Backups[0].VMs = []string{"Bart"} // retired names VMs that no pattern matches, too
	before := w.compute(t)
	wantPlan(t, before)
	notice(t, before, "unassigned")
	w.spec.Backups[0].Retired = []string{"Gone"}
	p := w.compute(t)
	wantPlan(t, p, "-remove nas/Gone/2026-11-01-010000", "-remove nas/Gone/2026-11-02-010000")
	if len(p.Notices) > 0 {
		t.Errorf("got %v, want no notice", p.Notices)
	}
	all, err := diff.Standings(w.input())
	if i := slices.IndexFunc(all, func(s diff.Standing) bool { return s.VM == "Gone" }); err != nil || i < 0 || all[i].Stale || all[i].Rule != "" {
		t.Errorf("got %+v, %v", all, err)
	}
}

func TestCompute_retiredVMThatIsBackIsBackedUp(t *testing.T) {
	w := newWorld().holds("vmx", sets(state.Complete, 21)...)
	w.spec.Backups[0].Retired = []string{"Bart"}
	p := w.compute(t)
	wantPlan(t, p, "+upload nas/Bart/2026-11-21-010000")
	if i := slices.IndexFunc(p.Notices, func(n diff.Notice) bool { return n.Code == "returned" && n.Warns() }); i < 0 {
		t.Errorf("got %v, want a warning", p.Notices)
	}
}
