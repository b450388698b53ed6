package apply_test

import (
	"context"
	"errors"
	"io/fs"
	"path"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/apply"
	"github.com/vmxsync/vmxsync/apply/event"
	"github.com/vmxsync/vmxsync/apply/journal"
	"github.com/vmxsync/vmxsync/apply/lock"
	"github.com/vmxsync/vmxsync/apply/outcome"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/faults"
	"github.com/vmxsync/vmxsync/providers/mem"
)

// holders are the names in the lock of a place.
func (w *world) holders(t *testing.T, place string) []string {
	t.Helper()
	entries, err := w.stores[place].List(t.Context(), dir.Held())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, path.Base(e.Path))
	}
	return names
}

func wantUnlocked(t *testing.T, w *world) {
	t.Helper()
	for place := range w.stores {
		if names := w.holders(t, place); len(names) > 0 {
			t.Errorf("%s is still locked by %q", place, names)
		}
	}
}

// another is a machine that holds the lock of a place.
func another(t *testing.T, w *world, place string) *lock.Lock {
	t.Helper()
	l, err := lock.Here(t.TempDir()).Take(t.Context(), lock.Place{Name: place, Store: w.stores[place], Work: dir}, lock.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Release(context.Background()) })
	return l
}

func TestRun_locksTheDestinationsThatItChanges(t *testing.T) {
	w := scene(t, chainScene)
	plan := w.plan(t)
	script, seen := faults.New(), 0
	script.Observe(func(c faults.Call) {
		if c.Op == "journal" || c.Path == work || strings.HasPrefix(c.Path, work+"/lock") {
			return
		}
		seen++
		below := w.clone()
		if nas, usb := below.holders(t, "nas"), below.holders(t, "usb"); len(nas) != 1 || len(usb) != 0 {
			t.Errorf("after %s: nas is locked by %q, usb by %q", c, nas, usb)
		}
	})
	r, err := w.apply(t.Context(), plan, run{id: thisRun, script: script, machine: lock.Here(t.TempDir())})
	must(t, r, err)
	if seen == 0 {
		t.Error("nothing was observed")
	}
	wantUnlocked(t, w)
}

func TestRun_heldLockTouchesNothing(t *testing.T) {
	w := scene(t, "")
	plan := w.plan(t)
	for _, place := range []string{"nas", "usb"} {
		t.Run(place, func(t *testing.T) {
			other := another(t, w, place)
			before := w.trees(t)
			r := run{id: thisRun, machine: lock.Here(t.TempDir())}
			_, err := w.apply(t.Context(), plan, r)
			held, ok := errors.AsType[*lock.HeldError](err)
			if !ok || held.Holder != other.Holder() || held.Destination != place {
				t.Errorf("got %v, want that %s is held by the other", err, place)
			}
			if err := w.check(t, plan, r); !errors.Is(err, lock.ErrHeld) {
				t.Errorf("check: got %v, want ErrHeld", err)
			}
			after := w.trees(t)
			for _, tree := range []map[string]tree{before, after} {
				withoutLocks(tree)
			}
			if why := unlike(before, after); why != "" {
				t.Error(why)
			}
			if err := other.Release(t.Context()); err != nil {
				t.Error(err)
			}
			wantUnlocked(t, w)
		})
	}
}

func (w *world) check(t *testing.T, plan *diff.Plan, r run) error {
	t.Helper()
	stores := map[string]providers.Store{}
	for name, s := range w.stores {
		stores[name] = s
	}
	return apply.Check(t.Context(), plan, apply.Options{Run: r.id, Stores: stores, Journal: journal.Discard(r.id), Machine: r.machine})
}

// withoutLocks drops what locks leave: an empty folder, and the name of a
// process that died with all its work done.
func withoutLocks(trees map[string]tree) map[string]tree {
	for _, tree := range trees {
		for p := range tree {
			if strings.HasPrefix(p, work+"/lock") || p == work && tree[p] == "/" {
				delete(tree, p)
			}
		}
	}
	return trees
}

func TestRun_foreignRootIsNotEvenLocked(t *testing.T) {
	w := scene(t, chainScene)
	plan := w.plan(t)
	w.plant("nas", dir.Owner(), "somebody else\n")
	before := w.trees(t)
	if _, err := w.apply(t.Context(), plan, run{id: thisRun, machine: lock.Here(t.TempDir())}); !errors.Is(err, apply.ErrStale) {
		t.Errorf("got %v, want ErrStale", err)
	}
	if why := unlike(before, w.trees(t)); why != "" {
		t.Error(why)
	}
}

// TestRun_lostLockStopsIt has another machine take the lock over after every
// call that changes something: from then on nothing is renamed but what was being
// staged, and files are removed only in the one folder that a step had begun to
// empty.
func TestRun_lostLockStopsIt(t *testing.T) {
	starts := map[string]*world{"in place": scene(t, chainScene).publishInPlace()}
	for _, name := range []string{chainScene, "replace", "adopt", "publish, and cleanups", "an outlived replaced set goes"} {
		starts[name] = scene(t, name)
	}
	for name, start := range starts {
		t.Run(name, func(t *testing.T) {
			plan, count := start.plan(t), faults.New()
			r, err := start.clone().apply(t.Context(), plan, run{id: thisRun, script: count, machine: lock.Here(t.TempDir())})
			must(t, r, err)
			held := slices.IndexFunc(count.Calls(), func(c faults.Call) bool { return c.Op == faults.Put && strings.HasPrefix(c.Path, dir.Held()) })
			for i := held + 2; i < len(count.Calls()); i++ {
				loseAt(t, start.clone(), plan, i)
			}
		})
	}
}

func loseAt(t *testing.T, w *world, plan *diff.Plan, i int) {
	t.Helper()
	script, lost := faults.New(), false
	removed := map[string]bool{}
	script.Observe(func(c faults.Call) {
		switch {
		case c.Op == "journal" || c.Path == work || strings.HasPrefix(c.Path, work+"/lock"):
		case lost && c.Op == faults.Remove:
			removed[folder(c.Path)] = true
		case lost && c.Op == faults.Put && (w.inPlace() || strings.HasPrefix(c.Path, work)):
		case lost && c.Op == faults.MakeDir && inStaging(c.Path): // as a put does it
		case lost && c.Op == faults.Rename && inStaging(c.Path) && inStaging(c.To):
		case lost:
			t.Errorf("lost at call %d: %s", i, c)
		case c.Index >= i && !lost:
			lost = true
			overtake(t, w.stores["nas"])
		}
	})
	_, err := w.apply(t.Context(), plan, run{id: thisRun, script: script, machine: lock.Here(t.TempDir())})
	if len(removed) > 1 || err != nil && !errors.Is(err, lock.ErrLost) {
		t.Errorf("lost at call %d: got %v, and files were removed in %v", i, err, removed)
	}
}

func inStaging(p string) bool { return strings.HasPrefix(p, dir.Staging()+"/") }

// folder is the folder of the set, or of what becomes or was one.
func folder(p string) string {
	parts := strings.Split(p, "/")
	n := 2
	if parts[0] == work {
		n = 3
	}
	return strings.Join(parts[:min(n, len(parts))], "/")
}

// overtake puts another's name into the place of the holder's.
func overtake(t *testing.T, store *mem.Store) {
	t.Helper()
	files, err := store.Clone().List(t.Context(), dir.Held())
	if err != nil {
		return // released
	}
	for _, f := range files {
		below := store
		if err := below.Rename(t.Context(), f.Path, dir.Held()+"/0a~other-1b~20261122T120000Z"); err != nil {
			t.Error(err)
		}
	}
}

func TestRun_pruneLocksWhatItCountsOn(t *testing.T) {
	start, plan := pruned(t)
	for _, place := range []string{"nas", "usb"} {
		w, script := start.clone(), faults.New()
		script.Observe(func(c faults.Call) {
			if held := w.clone().holders(t, place); c.Op == "journal" && len(held) == 1 && !strings.Contains(held[0], "other") {
				overtake(t, w.stores[place])
			}
		})
		before := w.tree(t, "vms")
		_, err := w.apply(t.Context(), plan, run{id: thisRun, script: script, machine: lock.Here(t.TempDir())})
		if !errors.Is(err, lock.ErrLost) {
			t.Errorf("%s: got %v, want ErrLost", place, err)
		}
		if why := unlike(map[string]tree{"vms": before}, map[string]tree{"vms": w.tree(t, "vms")}); why != "" {
			t.Errorf("%s: %s", place, why)
		}
	}
	w := start.clone()
	r, err := w.apply(t.Context(), plan, run{id: thisRun, machine: lock.Here(t.TempDir())})
	must(t, r, err)
	wantUnlocked(t, w)
}

// TestRun_placeThatCannotBeLockedHoldsNoOther: nas goes away between the opening
// and its lock.
func TestRun_placeThatCannotBeLockedHoldsNoOther(t *testing.T) {
	w := scene(t, "")
	plan := w.plan(t)
	away := faults.Fail(faults.On(dir.Held(), faults.MakeDir), 0, faults.Before, providers.ErrUnreachable)
	before := w.tree(t, "nas")
	r, err := w.apply(t.Context(), plan, run{id: thisRun, script: faults.New(away), machine: lock.Here(t.TempDir())})
	if !errors.Is(err, apply.ErrPartial) {
		t.Fatalf("got %v, want ErrPartial", err)
	}
	if got := outcomes(r)["usb/"+key("UsbBart", 21).String()]; got != outcome.StatusDone {
		t.Errorf("the other destination: %s", got)
	}
	if why := unlike(map[string]tree{"nas": before}, map[string]tree{"nas": w.tree(t, "nas")}); why != "" {
		t.Errorf("changed without a lock: %s", why)
	}
}

func TestRun_locksAreGivenBackWhateverHappens(t *testing.T) {
	for name, fault := range map[string]*faults.Fault{
		"a failed upload": faults.Fail(faults.On(dir.StagedSet(key("Bart", 21))+"/*", faults.Put), 0, faults.Middle, providers.ErrFull),
		"no journal":      faults.Fail(faults.On("", "journal"), 3, faults.Before, errors.New("disk full")),
		"no listing":      faults.FailAlways(faults.On("Bart", faults.List), providers.ErrUnreachable),
	} {
		t.Run(name, func(t *testing.T) {
			w := scene(t, chainScene)
			if _, err := w.apply(t.Context(), w.plan(t), run{id: thisRun, script: faults.New(fault), machine: lock.Here(t.TempDir())}); err == nil {
				t.Error("got no error")
			}
			wantUnlocked(t, w)
		})
	}
	t.Run("an interrupt", func(t *testing.T) {
		w := scene(t, chainScene)
		ctx, cancel := context.WithCancel(t.Context())
		script := faults.New()
		script.Observe(func(c faults.Call) {
			if strings.HasPrefix(c.Path, dir.StagedSet(key("Bart", 21))) {
				cancel()
			}
		})
		if _, err := w.apply(ctx, w.plan(t), run{id: thisRun, script: script, machine: lock.Here(t.TempDir())}); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
		wantUnlocked(t, w)
	})
}

func TestPlan_doesNotSeeALock(t *testing.T) {
	w := scene(t, "")
	want := w.plan(t)
	other := another(t, w, "nas")
	if got := w.plan(t); !reflect.DeepEqual(got, want) {
		t.Error("a held lock makes another plan")
	}
	if held := w.holders(t, "nas"); len(held) != 1 || held[0] != other.Holder().String() {
		t.Errorf("planning changed the lock: %q", held)
	}
}

// TestRun_crashUnderLocks stops an apply with locks at every call. The same
// machine goes on at once, with the same plan.
func TestRun_crashUnderLocks(t *testing.T) {
	start := scene(t, chainScene)
	plan := start.plan(t)
	undisturbed, count := start.clone(), faults.New()
	r, err := undisturbed.apply(t.Context(), plan, run{id: thisRun, script: count, machine: lock.Here(t.TempDir())})
	must(t, r, err)
	end := withoutLocks(undisturbed.trees(t))
	for i := 0; i < len(count.Calls()); i += sparse(1) {
		for _, when := range whens(count.Calls()[i]) {
			w, log, here := start.clone(), &memLog{}, t.TempDir()
			script := faults.New(faults.Crash(i, when))
			w.apply(t.Context(), plan, run{id: thisRun, log: log, script: script, machine: lock.Here(here)})
			if err := script.AllHit(); err != nil {
				t.Fatal(err)
			}
			r, err := w.apply(t.Context(), plan, run{id: thisRun, log: log.clone(), machine: lock.Here(here)})
			if !errors.Is(err, apply.ErrApplied) {
				must(t, r, err)
				wantUnlocked(t, w)
			}
			if why := unlike(end, withoutLocks(w.trees(t))); why != "" {
				t.Fatalf("crash %s %s: %s", when, count.Calls()[i], why)
			}
		}
	}
}

// dated is a store whose clock is off.
type dated struct {
	providers.Store
	by time.Duration
}

func (s dated) Stat(ctx context.Context, p string) (providers.File, error) {
	f, err := s.Store.Stat(ctx, p)
	if strings.HasPrefix(p, dir.Held()+"/") {
		f.ModTime = now().Add(s.by)
	}
	return f, err
}

func TestRun_deletesNothingWhereTheClocksAreADayApart(t *testing.T) {
	for by, want := range map[time.Duration]struct {
		told    bool
		deletes outcome.Status
	}{
		time.Hour:                    {false, outcome.StatusDone},
		-2 * time.Hour:               {true, outcome.StatusDone},
		24*time.Hour + 2*time.Second: {true, outcome.StatusFailed},
		-25 * time.Hour:              {true, outcome.StatusFailed},
	} {
		w := scene(t, chainScene)
		var told []event.Skewed
		events := func(e event.Event) {
			if e, ok := e.(event.Skewed); ok {
				told = append(told, e)
			}
		}
		stores := map[string]providers.Store{"vms": w.stores["vms"], "usb": w.stores["usb"], "nas": dated{w.stores["nas"], by}}
		r, err := apply.Run(t.Context(), w.plan(t), apply.Options{
			Run: thisRun, Stores: stores, Now: now, Events: events, Parallelism: 1, Machine: lock.Here(t.TempDir()),
		})
		if errors.Is(err, apply.ErrPartial) != (want.deletes == outcome.StatusFailed) {
			t.Errorf("%s: got %v", by, err)
		}
		got := outcomes(r)
		if got["nas/"+key("Bart", 21).String()] != outcome.StatusDone || got[bart17] != want.deletes {
			t.Errorf("%s: got %v, want the upload done, the delete %s", by, got, want.deletes)
		}
		if len(told) > 0 != want.told || want.told && told[0] != (event.Skewed{Place: "nas", By: by}) {
			t.Errorf("%s: told %v, want %v", by, told, want.told)
		}
		wantUnlocked(t, w)
	}
}
