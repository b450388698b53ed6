package apply_test

import (
	"errors"
	"testing"

	"github.com/vmxsync/vmxsync/apply"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/state/config"
)

// shrinking has a VM of which so much goes that the guard refuses it, and one
// that is uploaded.
func shrinking(t *testing.T) (*world, *diff.Plan) {
	t.Helper()
	w := newWorld(t, 1)
	w.spec.Guard = config.DefaultGuard()
	w.owned("nas")
	for day := 11; day <= 15; day++ {
		w.complete("nas", key("Bart", day).String(), key("Bart", day))
	}
	w.local(key("Bart", 16))
	w.local(key("Lisa", 16))
	return w, w.plan(t)
}

func TestRun_refusedPlanTouchesNothing(t *testing.T) {
	w, plan := shrinking(t)
	before := w.trees(t)
	if _, err := w.apply(t.Context(), plan, run{id: thisRun}); !errors.Is(err, apply.ErrRefused) {
		t.Errorf("Run: got %v, want ErrRefused", err)
	}
	if err := apply.Check(t.Context(), plan, apply.Options{Run: thisRun}); !errors.Is(err, apply.ErrRefused) {
		t.Errorf("Check: got %v, want ErrRefused", err)
	}
	if diff := unlike(before, w.trees(t)); diff != "" {
		t.Errorf("something was touched: %s", diff)
	}
}

func TestRun_doesAllButWhatWaits(t *testing.T) {
	w, plan := shrinking(t)
	r, err := w.apply(t.Context(), plan.HoldBack(), run{id: thisRun})
	must(t, r, err)
	if r.Added != 2 || r.Destroyed != 0 {
		t.Errorf("%d added, %d destroyed, want 2 and 0", r.Added, r.Destroyed)
	}
	for day := 11; day <= 15; day++ {
		w.wantUntouched(t, key("Bart", day))
	}
	again := w.plan(t)
	if held := again.HoldBack(); !again.Refused() || !held.Empty() || len(held.Cleanups) > 0 {
		t.Errorf("planned again: refused %v, %d changes without what waits", again.Refused(), len(held.Changes))
	}
}
