package apply_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/vmxsync/vmxsync/apply"
	"github.com/vmxsync/vmxsync/apply/event"
	"github.com/vmxsync/vmxsync/apply/outcome"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/faults"
	"github.com/vmxsync/vmxsync/state"
)

// disturb applies the chain scene and lets something happen the first time
// that a call matches. It returns a result that must be partial.
func disturb(t *testing.T, match faults.Match, what func(w *world)) (*world, outcome.Result) {
	t.Helper()
	w := scene(t, chainScene)
	plan := w.plan(t)
	script, done := faults.New(), false
	script.Observe(func(c faults.Call) {
		if !done && match(c) {
			done = true
			what(w)
		}
	})
	r, err := w.apply(t.Context(), plan, run{id: thisRun, script: script})
	if !done || !errors.Is(err, apply.ErrPartial) {
		t.Fatalf("happened: %v, got %v, want ErrPartial", done, err)
	}
	return w, r
}

func TestRun_worldThatChangesBeforeTheDeleteForbidsIt(t *testing.T) {
	retained := key("Bart", 20).String()
	victim := key("Bart", 17).String()
	for name, c := range map[string]struct {
		what func(w *world)
		says string
	}{
		"a set appears":             {func(w *world) { w.complete("nas", key("Bart", 19).String(), key("Bart", 19)) }, "not those that the plan expects"},
		"retained set vanishes":     {func(w *world) { remove(t, w.stores["nas"], retained) }, "not those that the plan expects"},
		"retained manifest damaged": {func(w *world) { w.plant("nas", retained+"/"+state.ManifestName, "torn") }, "must be kept, is damaged"},
		"retained manifest gone":    {func(w *world) { w.stores["nas"].Remove(t.Context(), retained+"/"+state.ManifestName) }, "must be kept, is unmarked"},
		"retained set has a link": {func(w *world) {
			w.stores["nas"].Plant(providers.File{Path: retained + "/link", Kind: providers.Link}, nil)
		}, "must be kept, is damaged"},
		"victim changed":       {func(w *world) { w.plant("nas", victim+"/empty.log", "longer") }, "changed since the plan"},
		"victim got a file":    {func(w *world) { w.plant("nas", victim+"/precious", "!") }, "changed since the plan"},
		"victim lost manifest": {func(w *world) { w.stores["nas"].Remove(t.Context(), victim+"/"+state.ManifestName) }, "changed since the plan"},
	} {
		t.Run(name, func(t *testing.T) {
			var before tree
			w, r := disturb(t, published, func(w *world) {
				c.what(w)
				before = w.tree(t, "nas")
			})
			wantFailure(t, r, bart17, c.says)
			after := w.tree(t, "nas")
			for p := range before {
				if _, there := after[p]; !there && !strings.HasPrefix(p, work) {
					t.Errorf("%s was deleted", p)
				}
			}
		})
	}
}

// What somebody else deletes meanwhile is no failure: the plan wanted it away. The
// deletes before and after it go on.
func TestRun_victimThatVanishesIsDone(t *testing.T) {
	for _, day := range []int{17, 18} {
		w := scene(t, chainScene)
		plan := w.plan(t)
		script, done := faults.New(), false
		script.Observe(func(c faults.Call) {
			if !done && published(c) {
				done = true
				remove(t, w.stores["nas"], key("Bart", day).String())
			}
		})
		var remarks []string
		r, err := w.apply(t.Context(), plan, run{id: thisRun, script: script, events: func(e event.Event) {
			if e, ok := e.(event.Remark); ok {
				remarks = append(remarks, e.Address+": "+e.Text)
			}
		}})
		must(t, r, err)
		if !done || len(remarks) != 1 || !strings.Contains(remarks[0], fmt.Sprintf("nas/Bart/2026-11-%d-010000: ", day)) {
			t.Errorf("day %d: happened: %v, the remarks are %v", day, done, remarks)
		}
		for _, gone := range []int{17, 18} {
			if w.has(t, "nas", key("Bart", gone).String()) {
				t.Errorf("day %d: the set of %d is still there", day, gone)
			}
		}
		for _, kept := range []int{20, 21} {
			if !w.has(t, "nas", key("Bart", kept).String()) {
				t.Errorf("day %d: the set of %d is not there", day, kept)
			}
		}
	}
}

func TestRun_neverBelowMinKeep(t *testing.T) {
	w := scene(t, chainScene)
	plan := w.plan(t)
	for i := range plan.Groups {
		plan.Groups[i].MinKeep = 4 // 17 may not go: 18, 20 and 21 would be left
	}
	r, err := w.apply(t.Context(), plan, run{id: thisRun})
	if !errors.Is(err, apply.ErrPartial) {
		t.Fatalf("got %v, want ErrPartial", err)
	}
	wantFailure(t, r, bart17, "min_keep = 4")
	w.wantUntouched(t, key("Bart", 17), key("Bart", 18))
}

func TestRun_foreignFileInsideAVictimStays(t *testing.T) {
	trash := dir.Deleted(key("Bart", 17), thisRun)
	w, r := disturb(t, faults.On(trash, faults.Rename), func(w *world) { w.plant("nas", trash+"/sub/precious", "!") })
	wantFailure(t, r, bart17, "sub/precious")
	if got := w.tree(t, "nas")[trash+"/sub/precious"]; got != "!" {
		t.Errorf("the foreign file holds %q", got)
	}
	if got := outcomes(r)["nas/Bart/2026-11-18-010000"]; got != outcome.StatusDone {
		t.Errorf("the next delete is %s, want done: the group is as planned", got)
	}
}

func TestRun_fileOfAnotherSizeInTrashStays(t *testing.T) {
	trash := dir.Deleted(key("Bart", 17), thisRun)
	w, r := disturb(t, faults.On(trash, faults.Rename), func(w *world) { w.plant("nas", trash+"/disk-flat.vmdk", "grown") })
	wantFailure(t, r, bart17, "disk-flat.vmdk")
	if !w.has(t, "nas", trash+"/disk-flat.vmdk") {
		t.Error("it is gone")
	}
}

// trusting is a world in which sets without manifest count.
func trusting(t *testing.T) *world {
	w := scene(t, "first use")
	w.spec.Destinations[0].TrustUnmarked = true
	for _, day := range []int{18, 19, 20} {
		w.unmarked("nas", key("Abe", day))
	}
	w.local(key("Abe", 21))
	return w
}

func TestRun_trustedSetsJustifyADelete(t *testing.T) {
	w := trusting(t)
	plan := w.plan(t)
	r, err := w.apply(t.Context(), plan, run{id: thisRun})
	must(t, r, err)
	for day, want := range map[int]bool{18: false, 19: false, 20: true, 21: true} {
		if got := w.has(t, "nas", key("Abe", day).String()); got != want {
			t.Errorf("Abe's set of day %d is there: %v, want %v", day, got, want)
		}
	}
}

func TestRun_withoutTrustUnmarkedSetsJustifyNothing(t *testing.T) {
	w := trusting(t)
	for _, day := range []int{18, 19} {
		w.complete("nas", key("Abe", day).String(), key("Abe", day))
	}
	plan := w.plan(t)
	for i := range plan.Places {
		plan.Places[i].Trust = false
	}
	r, err := w.apply(t.Context(), plan, run{id: thisRun})
	if !errors.Is(err, apply.ErrPartial) {
		t.Fatalf("got %v, want ErrPartial", err)
	}
	wantFailure(t, r, "nas/Abe/2026-11-18-010000", "must be kept, is unmarked")
	if !w.has(t, "nas", key("Abe", 18).String()) || !w.has(t, "nas", key("Abe", 19).String()) {
		t.Error("a set was deleted")
	}
}

func TestRun_trashThatDoesNotMoveIsNotPurged(t *testing.T) {
	w := scene(t, chainScene)
	plan := w.plan(t)
	script := faults.New(faults.Lie(faults.On(key("Bart", 17).String(), faults.Rename), 0, faults.Before))
	r, err := w.apply(t.Context(), plan, run{id: thisRun, script: script})
	if !errors.Is(err, apply.ErrPartial) {
		t.Fatalf("got %v, want ErrPartial", err)
	}
	wantFailure(t, r, bart17, "the listing does not show it")
	w.wantUntouched(t, key("Bart", 17), key("Bart", 18))
}

func TestRun_setThatDiffersDoesNotCountForMinKeep(t *testing.T) {
	for _, c := range []struct {
		state state.State
		want  outcome.Status
	}{{state.Complete, outcome.StatusDone}, {state.Differs, outcome.StatusFailed}} {
		w := scene(t, chainScene)
		plan := w.plan(t)
		plan.Groups[0].MinKeep = 3 // without 17: 18, 20, 21
		for i := range plan.Changes {
			plan.Changes[i].Retains = nil
		}
		for i, k := range plan.Kept {
			if k.Address == "nas/Bart/2026-11-20-010000" {
				plan.Kept[i].State = c.state
			}
		}
		r, err := w.apply(t.Context(), plan, run{id: thisRun})
		if got := outcomes(r)[bart17]; got != c.want {
			t.Errorf("20 is %s: the delete of 17 is %s (%v), want %s", c.state, got, err, c.want)
		}
	}
}
