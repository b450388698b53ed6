package apply_test

import (
	"context"
	"errors"
	"testing"

	"github.com/vmxsync/vmxsync/apply"
)

func TestRun_failedBeforeLeavesAllUntouched(t *testing.T) {
	w := scene(t, chainScene)
	plan, untouched := w.plan(t), w.trees(t)
	refusal, log := errors.New("not now"), &memLog{}
	_, err := w.apply(t.Context(), plan, run{id: thisRun, log: log, before: func(context.Context) error { return refusal }})
	if !errors.Is(err, refusal) {
		t.Errorf("got %v, want %v", err, refusal)
	}
	if why := unlike(untouched, w.trees(t)); why != "" {
		t.Error(why)
	}
	r, err := w.apply(t.Context(), plan, run{id: thisRun, log: log.clone()})
	must(t, r, err)
}

func TestRun_comparesAgainAfterBefore(t *testing.T) {
	w := scene(t, chainScene)
	plan := w.plan(t)
	var changed map[string]tree
	_, err := w.apply(t.Context(), plan, run{id: thisRun, before: func(context.Context) error {
		w.complete("nas", key("Bart", 19).String(), key("Bart", 19))
		changed = w.trees(t)
		return nil
	}})
	if !errors.Is(err, apply.ErrStale) {
		t.Fatalf("got %v, want ErrStale", err)
	}
	if why := unlike(changed, w.trees(t)); why != "" {
		t.Error(why)
	}
}

// What was seen before it counts no more: a set that was as planned until then
// is looked at anew, and the work is the same as without it.
func TestRun_harmlessBeforeChangesNothing(t *testing.T) {
	undisturbed := scene(t, "")
	plan := undisturbed.plan(t)
	w := undisturbed.clone()
	r, err := undisturbed.apply(t.Context(), plan, run{id: thisRun})
	must(t, r, err)
	calls := 0
	r, err = w.apply(t.Context(), plan, run{id: thisRun, before: func(context.Context) error { calls++; return nil }})
	must(t, r, err)
	if calls != 1 || r.Added != plan.Summary.Add {
		t.Errorf("called %d times, %d added", calls, r.Added)
	}
	if why := unlike(undisturbed.trees(t), w.trees(t)); why != "" {
		t.Error(why)
	}
}

func TestRun_staleOrAppliedPlanCallsNothing(t *testing.T) {
	called := func(context.Context) error { t.Error("it was called"); return nil }
	w := scene(t, chainScene)
	plan := w.plan(t)
	late := w.clone()
	late.complete("nas", key("Bart", 19).String(), key("Bart", 19))
	if _, err := late.apply(t.Context(), plan, run{id: thisRun, before: called}); !errors.Is(err, apply.ErrStale) {
		t.Errorf("got %v, want ErrStale", err)
	}
	log := &memLog{}
	r, err := w.apply(t.Context(), plan, run{id: thisRun, log: log})
	must(t, r, err)
	_, err = w.apply(t.Context(), plan, run{id: thisRun, log: log.clone(), before: called})
	mustApplied(t, err)
}
