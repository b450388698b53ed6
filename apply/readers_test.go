package apply_test

import (
	"strings"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/apply/event"
	"github.com/vmxsync/vmxsync/apply/lock"
	"github.com/vmxsync/vmxsync/apply/outcome"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/faults"
	"github.com/vmxsync/vmxsync/state"
)

// reading plants the mark of a restore that reads sets of nas.
func (w *world) reading(written time.Time, sets ...state.Key) {
	m := state.ReadMark{Run: oldRun, Host: "pve1", Sets: sets, Lease: state.ReadLease, Until: now().Add(time.Minute)}
	w.stores["nas"].Plant(providers.File{Path: dir.ReadMark(oldRun), ModTime: written}, m.Encode())
}

// ends is the restore that ends.
func (w *world) ends(t *testing.T) {
	t.Helper()
	for _, p := range []string{dir.ReadMark(oldRun), dir.Reading()} {
		if err := w.stores["nas"].Remove(t.Context(), p); err != nil {
			t.Fatal(err)
		}
	}
}

// wantOutcomes compares those outcomes; an apply that only postpones is no failure.
func wantOutcomes(t *testing.T, r outcome.Result, err error, want map[string]outcome.Status) {
	t.Helper()
	if err != nil {
		t.Errorf("got %v, want no error", err)
	}
	got := outcomes(r)
	for address, status := range want {
		if got[address] != status {
			t.Errorf("%s: %s, want %s", address, got[address], status)
		}
	}
}

func TestRun_setThatIsBeingReadWaitsForTheNextApply(t *testing.T) {
	w := scene(t, chainScene) // deletes 17, and then 18
	w.reading(yesterday(), key("Bart", 17))
	var postponed []string
	events := func(e event.Event) {
		if e, ok := e.(event.Postponed); ok {
			postponed = append(postponed, e.Address+": "+e.Err.Error())
		}
	}
	r, err := w.apply(t.Context(), w.plan(t), run{id: thisRun, events: events, machine: lock.Here(t.TempDir())})
	bart18 := "nas/" + key("Bart", 18).String()
	wantOutcomes(t, r, err, map[string]outcome.Status{
		"nas/" + key("Bart", 21).String(): outcome.StatusDone,
		bart17:                            outcome.StatusPostponed, bart18: outcome.StatusPostponed,
	})
	want := []string{bart17 + ": it is being restored (on pve1, run " + oldRun + ")", bart18 + ": it follows " + bart17 + ", which is postponed"}
	if strings.Join(postponed, "\n") != strings.Join(want, "\n") {
		t.Errorf("postponed: %q, want %q", postponed, want)
	}
	if r.Destroyed != 0 || len(r.Failures()) != 0 {
		t.Errorf("%d destroyed, %d failed, want none", r.Destroyed, len(r.Failures()))
	}
	w.wantUntouched(t, key("Bart", 17), key("Bart", 18))
	w.ends(t)
	r, err = w.apply(t.Context(), w.plan(t), run{id: nextRun})
	wantOutcomes(t, r, err, map[string]outcome.Status{bart17: outcome.StatusDone, bart18: outcome.StatusDone})
}

func TestRun_deletesWhatNobodyReads(t *testing.T) {
	for name, c := range map[string]struct {
		mark    func(w *world)
		machine bool
		want    outcome.Status
	}{
		"another set":                {func(w *world) { w.reading(yesterday(), key("Bart", 20)) }, true, outcome.StatusDone},
		"by the clock of the place":  {func(w *world) { w.reading(yesterday().Add(-11*time.Minute), key("Bart", 17)) }, true, outcome.StatusDone},
		"renewed just now":           {func(w *world) { w.reading(yesterday().Add(-9*time.Minute), key("Bart", 17)) }, true, outcome.StatusPostponed},
		"a place without times":      {func(w *world) { w.reading(time.Time{}, key("Bart", 17)) }, true, outcome.StatusPostponed},
		"without a lock, until then": {func(w *world) { w.reading(yesterday(), key("Bart", 17)) }, false, outcome.StatusPostponed},
		"torn":                       {func(w *world) { w.plant("nas", dir.ReadMark(oldRun), `{"format": "vmx`) }, true, outcome.StatusPostponed},
		"a folder, and junk": {func(w *world) {
			w.plant("nas", dir.Reading()+"/"+"x/y", "")
			w.plant("nas", dir.Reading()+"/.DS_Store", "")
		}, true, outcome.StatusDone},
	} {
		t.Run(name, func(t *testing.T) {
			w := scene(t, chainScene)
			c.mark(w)
			r := run{id: thisRun}
			if c.machine {
				r.machine = lock.Here(t.TempDir())
			}
			result, err := w.apply(t.Context(), w.plan(t), r)
			wantOutcomes(t, result, err, map[string]outcome.Status{bart17: c.want})
		})
	}
}

func TestRun_cleansUpTheMarkOfARestoreThatDied(t *testing.T) {
	w := scene(t, chainScene)
	w.reading(yesterday().Add(-25*time.Hour), key("Bart", 17))
	r, err := w.apply(t.Context(), w.plan(t), run{id: thisRun, machine: lock.Here(t.TempDir())})
	wantOutcomes(t, r, err, map[string]outcome.Status{bart17: outcome.StatusDone})
	if w.has(t, "nas", dir.ReadMark(oldRun)) {
		t.Error("the mark is still there")
	}
}

func TestRun_setThatIsBeingReadIsNotReplaced(t *testing.T) {
	w := scene(t, "replace")
	maggie := key("Maggie", 21)
	w.reading(yesterday(), maggie)
	r, err := w.apply(t.Context(), w.plan(t), run{id: thisRun})
	wantOutcomes(t, r, err, map[string]outcome.Status{"nas/" + maggie.String(): outcome.StatusPostponed})
	if text := slurp(t, w.stores["nas"], maggie.String()+"/disk-flat.vmdk"); text != "half" {
		t.Errorf("the set that is read has %q", text)
	}
	w.ends(t)
	r, err = w.apply(t.Context(), w.plan(t), run{id: nextRun})
	wantOutcomes(t, r, err, map[string]outcome.Status{"nas/" + maggie.String(): outcome.StatusDone})
}

func TestRun_setInTrashThatIsBeingReadIsNotPurged(t *testing.T) {
	for scenario, k := range map[string]state.Key{"publish, and cleanups": key("Otto", 11), "a replaced set comes back": key("Ned", 10), "an outlived replaced set goes": key("Edna", 20)} {
		w := scene(t, scenario)
		w.reading(yesterday(), k)
		before := w.tree(t, "nas")
		r, err := w.apply(t.Context(), w.plan(t), run{id: thisRun})
		if err != nil {
			t.Errorf("%s: %v", scenario, err)
		}
		postponed := 0
		for _, o := range r.Outcomes {
			if o.Status == outcome.StatusPostponed {
				postponed++
			}
		}
		if postponed != 1 {
			t.Errorf("%s: %d cleanups are postponed, want 1", scenario, postponed)
		}
		after := w.tree(t, "nas")
		for p, text := range before {
			if strings.HasPrefix(p, dir.Trash()+"/"+k.Decorated()) && after[p] != text {
				t.Errorf("%s: %s was touched", scenario, p)
			}
		}
	}
}

func TestRun_deleteThatAnEarlierRunBeganIsPostponedToo(t *testing.T) {
	w := scene(t, chainScene)
	plan := w.plan(t)
	log := &memLog{}
	trashed := dir.Deleted(key("Bart", 17), thisRun)
	stop := faults.New(faults.CrashOn(func(c faults.Call) bool {
		return c.Op == faults.Remove && strings.HasPrefix(c.Path, trashed)
	}, 0, faults.Before))
	_, err := w.apply(t.Context(), plan, run{id: thisRun, log: log, script: stop})
	if err == nil {
		t.Fatal("it did not crash")
	}
	w.reading(yesterday(), key("Bart", 17)) // of what is in trash by now
	r, err := w.apply(t.Context(), plan, run{id: thisRun, log: log.clone()})
	wantOutcomes(t, r, err, map[string]outcome.Status{bart17: outcome.StatusPostponed})
	if !w.has(t, "nas", trashed+"/disk-flat.vmdk") {
		t.Error("the set in trash was purged")
	}
}

// TestRun_asksForReadersOnce counts the listings of our own folder and that of the marks.
func TestRun_asksForReadersOnce(t *testing.T) {
	for marked, want := range map[bool]map[string]int{false: {work: 1}, true: {work: 1, dir.Reading(): 1}} {
		w := scene(t, chainScene)
		if marked {
			w.reading(yesterday(), key("Bart", 20))
		}
		listed := map[string]int{}
		script := faults.New()
		if _, err := w.apply(t.Context(), w.plan(t), run{id: thisRun, script: script}); err != nil {
			t.Fatal(err)
		}
		for _, c := range script.Calls() {
			if c.Op == faults.List && (c.Path == work || c.Path == dir.Reading()) {
				listed[c.Path]++
			}
		}
		if len(listed) != len(want) || listed[work] != want[work] || listed[dir.Reading()] != want[dir.Reading()] {
			t.Errorf("marked: %v: listed %v, want %v", marked, listed, want)
		}
	}
}
