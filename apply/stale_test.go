package apply_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/vmxsync/vmxsync/apply"
	"github.com/vmxsync/vmxsync/apply/outcome"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/faults"
	"github.com/vmxsync/vmxsync/state"
)

func TestRun_staleWorldIsNotTouched(t *testing.T) {
	for name, c := range map[string]struct {
		change func(t *testing.T, w *world)
		want   apply.StaleError
	}{
		"appeared": {func(t *testing.T, w *world) { w.complete("nas", key("Bart", 19).String(), key("Bart", 19)) },
			apply.StaleError{Scope: "nas/Bart", Appeared: []string{"2026-11-19-010000"}}},
		"vanished": {func(t *testing.T, w *world) { remove(t, w.stores["nas"], key("Bart", 20).String()) },
			apply.StaleError{Scope: "nas/Bart", Vanished: []string{"2026-11-20-010000"}}},
		"victim vanished": {func(t *testing.T, w *world) { remove(t, w.stores["nas"], key("Bart", 17).String()) },
			apply.StaleError{Scope: "nas/Bart", Vanished: []string{"2026-11-17-010000"}}},
		"changed": {func(t *testing.T, w *world) { w.plant("nas", key("Bart", 18).String()+"/empty.log", "no more") },
			apply.StaleError{Scope: "nas/Bart", Changed: []string{"2026-11-18-010000"}}},
		"lost its manifest": {func(t *testing.T, w *world) {
			w.stores["nas"].Remove(t.Context(), key("Bart", 20).String()+"/"+state.ManifestName)
		}, apply.StaleError{Scope: "nas/Bart", Changed: []string{"2026-11-20-010000"}}},
		"already exists": {func(t *testing.T, w *world) { w.complete("nas", key("Bart", 21).String(), key("Bart", 21)) },
			apply.StaleError{Scope: "nas/Bart", Appeared: []string{"2026-11-21-010000"}}},
		"source changed": {func(t *testing.T, w *world) { w.plant("vms", key("Bart", 21).String()+"/new.log", "late") },
			apply.StaleError{Scope: "vms/Bart", Changed: []string{"2026-11-21-010000"}}},
		"source rewritten": {func(t *testing.T, w *world) {
			p := key("Bart", 21).String() + "/disk-flat.vmdk"
			w.stores["vms"].Plant(providers.File{Path: p, ModTime: now()}, []byte(content(key("Bart", 21))["disk-flat.vmdk"]))
		}, apply.StaleError{Scope: "vms/Bart", Changed: []string{"2026-11-21-010000"}}},
		"source vanished": {func(t *testing.T, w *world) { remove(t, w.stores["vms"], key("Bart", 21).String()) },
			apply.StaleError{Scope: "vms/Bart", Vanished: []string{"2026-11-21-010000"}}},
	} {
		t.Run(name, func(t *testing.T) {
			w := scene(t, chainScene)
			plan := w.plan(t)
			c.change(t, w)
			before := w.trees(t)
			_, err := w.apply(t.Context(), plan, run{id: thisRun})
			if why := unlike(before, w.trees(t)); why != "" {
				t.Errorf("the world was touched: %s", why)
			}
			var stale *apply.StaleError
			if !errors.Is(err, apply.ErrStale) || !errors.As(err, &stale) {
				t.Fatalf("got %v, want a StaleError", err)
			}
			if stale.Scope != c.want.Scope || !sameSets(stale.Appeared, c.want.Appeared) ||
				!sameSets(stale.Vanished, c.want.Vanished) || !sameSets(stale.Changed, c.want.Changed) {
				t.Errorf("got %+v, want %+v", *stale, c.want)
			}
		})
	}
}

// sameSets compares times; what follows a time explains it.
func sameSets(got, want []string) bool {
	return slices.EqualFunc(got, want, strings.HasPrefix)
}

func TestRun_ownerIsChecked(t *testing.T) {
	for name, owner := range map[string]string{"another": "somebody", "none": ""} {
		w := scene(t, chainScene)
		plan := w.plan(t)
		w.stores["nas"].Remove(t.Context(), dir.Owner())
		if owner != "" {
			w.plant("nas", dir.Owner(), owner)
		}
		before := w.trees(t)
		if _, err := w.apply(t.Context(), plan, run{id: thisRun}); !errors.Is(err, apply.ErrStale) {
			t.Errorf("%s: got %v, want ErrStale", name, err)
		}
		if why := unlike(before, w.trees(t)); why != "" {
			t.Errorf("%s: the world was touched: %s", name, why)
		}
	}
}

func TestRun_newSetAtTheSourceIsNoDifference(t *testing.T) {
	w := scene(t, chainScene)
	plan := w.plan(t)
	w.local(key("Bart", 22))
	w.local(key("Nelson", 22))
	r, err := w.apply(t.Context(), plan, run{id: thisRun})
	must(t, r, err)
}

func TestRun_appliedPlanChangesNothing(t *testing.T) {
	w := scene(t, "")
	plan := w.plan(t)
	log := &memLog{}
	r, err := w.apply(t.Context(), plan, run{id: thisRun, log: log})
	must(t, r, err)
	before := w.trees(t)
	for range 2 {
		_, err := w.apply(t.Context(), plan, run{id: thisRun, log: log})
		mustApplied(t, err)
		log = &memLog{}
	}
	if why := unlike(before, w.trees(t)); why != "" {
		t.Error(why)
	}
}

func TestRun_appliedPlanNeedsNoSource(t *testing.T) {
	w := scene(t, chainScene)
	plan := w.plan(t)
	r, err := w.apply(t.Context(), plan, run{id: thisRun})
	must(t, r, err)
	remove(t, w.stores["vms"], "Bart")
	_, err = w.apply(t.Context(), plan, run{id: thisRun})
	mustApplied(t, err)
}

func TestCheck_changesNothing(t *testing.T) {
	w := scene(t, "")
	plan := w.plan(t)
	before := w.trees(t)
	opts := apply.Options{Run: thisRun, Stores: map[string]providers.Store{}}
	for name, s := range w.stores {
		opts.Stores[name] = s
	}
	if err := apply.Check(t.Context(), plan, opts); err != nil {
		t.Error(err)
	}
	w.complete("nas", key("Bart", 19).String(), key("Bart", 19))
	if err := apply.Check(t.Context(), plan, opts); !errors.Is(err, apply.ErrStale) {
		t.Errorf("got %v, want ErrStale", err)
	}
	remove(t, w.stores["nas"], key("Bart", 19).String())
	if why := unlike(before, w.trees(t)); why != "" {
		t.Error(why)
	}
}

func TestRun_failedOwnerKeepsAwayFromThePlace(t *testing.T) {
	w := scene(t, "")
	plan := w.plan(t)
	before := w.tree(t, "usb")
	script := faults.New(faults.FailAlways(faults.On(work+"/owner.new", faults.Put), providers.ErrFull))
	r, err := w.apply(t.Context(), plan, run{id: thisRun, script: script})
	if !errors.Is(err, apply.ErrPartial) {
		t.Fatalf("got %v, want ErrPartial", err)
	}
	wantFailure(t, r, "usb", "owner")
	wantFailure(t, r, "usb/UsbBart/2026-11-21-010000", "because usb failed")
	if got := outcomes(r)[bart21]; got != outcome.StatusDone {
		t.Errorf("%s is %s, want done: it is elsewhere", bart21, got)
	}
	if why := unlike(map[string]tree{"usb": before}, map[string]tree{"usb": w.tree(t, "usb")}); why != "" {
		t.Error(why)
	}
}
