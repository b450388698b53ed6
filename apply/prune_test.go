package apply_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path"
	"strings"
	"testing"

	"github.com/vmxsync/vmxsync/apply"
	"github.com/vmxsync/vmxsync/apply/outcome"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/faults"
	"github.com/vmxsync/vmxsync/state"
)

// pruned is a world with two sets to prune at the source: nobody keeps 18, both
// destinations hold 20.
func pruned(t *testing.T) (*world, *diff.Plan) {
	w := newWorld(t, 2)
	w.owned("nas")
	w.owned("usb")
	for _, day := range []int{18, 20, 21} {
		w.local(key("Full", day))
	}
	for _, place := range []string{"nas", "usb"} {
		for _, day := range []int{20, 21} {
			w.summed(place, key("Full", day))
		}
	}
	return w, w.plan(t)
}

var full20 = "vms/" + key("Full", 20).String()

func TestRun_prunesWhatDestinationsHold(t *testing.T) {
	w, plan := pruned(t)
	r, err := w.apply(t.Context(), plan, run{id: thisRun})
	must(t, r, err)
	if r.Destroyed != 2 {
		t.Errorf("%d destroyed, want 2", r.Destroyed)
	}
	left := w.tree(t, "vms")
	maps.DeleteFunc(left, func(_, text string) bool { return text == "/" })
	want := tree{}
	for name, text := range content(key("Full", 21)) {
		want[path.Join(key("Full", 21).String(), name)] = text
	}
	if why := unlike(map[string]tree{"vms": want}, map[string]tree{"vms": left}); why != "" {
		t.Error(why)
	}
	if plan := w.plan(t); !plan.Empty() || len(plan.Cleanups) > 0 {
		t.Errorf("the next plan has %d changes, want none", len(plan.Changes))
	}
}

// What another finds at a destination, or at the source, between the plan and
// the prune.
func TestRun_keepsWhatIsNotHeldAnyMore(t *testing.T) {
	copy20 := key("Full", 20).String()
	for name, c := range map[string]struct {
		what func(w *world)
		says string
	}{
		"same size, other bytes": {func(w *world) {
			w.plant("vms", copy20+"/disk-flat.vmdk", strings.ToUpper(content(key("Full", 20))["disk-flat.vmdk"]))
		}, "contents changed after the upload"},
		"manifest names other sums": {func(w *world) {
			m := state.Manifest{Key: key("Full", 20), Run: oldRun, Verified: "size"}
			for _, f := range []string{"disk-flat.vmdk", "empty.log", "sub/machine.vmx"} {
				m.Files = append(m.Files, state.ManifestFile{Path: f, Size: int64(len(content(key("Full", 20))[f])), SHA256: strings.Repeat("a", 64)})
			}
			w.plant("usb", copy20+"/"+state.ManifestName, string(m.Encode()))
		}, "contents changed after the upload"},
		"adopted meanwhile": {func(w *world) { w.complete("usb", copy20, key("Full", 20)) }, "no checksums"},
		"manifest torn":     {func(w *world) { w.plant("usb", copy20+"/"+state.ManifestName, "torn") }, "it is damaged"},
		"another owner":     {func(w *world) { w.plant("usb", work+"/owner", "other\n") }, "belongs to"},
	} {
		t.Run(name, func(t *testing.T) {
			w, plan := pruned(t)
			script, done := faults.New(), false
			script.Observe(func(call faults.Call) { // once the first set went
				if !done && call.Op == faults.Rename {
					done = true
					c.what(w)
				}
			})
			r, err := w.apply(t.Context(), plan, run{id: thisRun, script: script})
			if !errors.Is(err, apply.ErrPartial) {
				t.Fatalf("got %v, want ErrPartial", err)
			}
			wantFailure(t, r, full20, c.says)
			if !w.has(t, "vms", copy20+"/disk-flat.vmdk") {
				t.Error("the set is gone from the source")
			}
		})
	}
}

func TestRun_pruneComesBackWhereACopyVanishesInTheMiddle(t *testing.T) {
	w, plan := pruned(t)
	copy20 := key("Full", 20).String()
	script := faults.New()
	script.Observe(func(c faults.Call) {
		if c.Op == faults.Rename && c.To == state.Aside(copy20, thisRun) {
			remove(t, w.stores["usb"], copy20)
		}
	})
	before := w.tree(t, "vms")
	r, err := w.apply(t.Context(), plan, run{id: thisRun, script: script})
	if !errors.Is(err, apply.ErrPartial) {
		t.Fatalf("got %v, want ErrPartial", err)
	}
	wantFailure(t, r, full20, "not exist")
	after := w.tree(t, "vms")
	for p := range before {
		if _, there := after[p]; !there && strings.HasPrefix(p, copy20) {
			t.Errorf("%s did not come back", p)
		}
	}
}

// busy refuses to move a folder, as Windows does where a file in it is open.
type busy struct {
	providers.Store
	from string
}

func (b busy) Rename(ctx context.Context, from, to string) error {
	if from == b.from {
		return fmt.Errorf("rename %s: %w", from, providers.ErrInUse)
	}
	return b.Store.Rename(ctx, from, to)
}

func TestRun_skipsASetThatIsOpenInAnotherProgram(t *testing.T) {
	w, plan := pruned(t)
	stores := map[string]providers.Store{"nas": w.stores["nas"], "usb": w.stores["usb"], "vms": busy{w.stores["vms"], key("Full", 18).String()}}
	r, err := apply.Run(t.Context(), plan, apply.Options{Run: thisRun, Stores: stores, Now: now})
	if err != nil {
		t.Fatalf("got %v, want no error: it is a warning", err)
	}
	got := outcomes(r)
	if got["vms/"+key("Full", 18).String()] != outcome.StatusSkipped || got[full20] != outcome.StatusDone {
		t.Errorf("got %v, want the first skipped and the other done", got)
	}
	if !w.has(t, "vms", key("Full", 18).String()+"/disk-flat.vmdk") {
		t.Error("the set that is open is gone")
	}
}

func TestRun_leavesIgnoredFilesWithTheirFolder(t *testing.T) {
	w, _ := pruned(t)
	w.spec.Sources[0].Ignore = []string{"*.txt"}
	notes := key("Full", 20).String() + "/sub/notes.txt"
	w.plant("vms", notes, "mine")
	w.plant("vms", key("Full", 20).String()+"/Thumbs.db", "junk")
	r, err := w.apply(t.Context(), w.plan(t), run{id: thisRun})
	must(t, r, err)
	for p := range w.tree(t, "vms") {
		if strings.HasPrefix(p, "Full/2026-11-20") && !strings.HasPrefix(notes, p) {
			t.Errorf("%s is still there", p)
		}
	}
	if !w.has(t, "vms", notes) {
		t.Error("the ignored file is gone")
	}
	if plan := w.plan(t); !plan.Empty() || len(plan.Cleanups) > 0 {
		t.Errorf("the next plan has %d changes and %d cleanups, want none", len(plan.Changes), len(plan.Cleanups))
	}
}

func TestRun_localSetThatChangedSinceThePlanIsStale(t *testing.T) {
	for name, what := range map[string]func(w *world){
		"changed": func(w *world) { w.plant("vms", key("Full", 20).String()+"/empty.log", "no more") },
		"held no more": func(w *world) {
			remove(t, w.stores["usb"], key("Full", 20).String())
		},
	} {
		w, plan := pruned(t)
		what(w)
		before := w.tree(t, "vms")
		_, err := w.apply(t.Context(), plan, run{id: thisRun})
		if !errors.Is(err, apply.ErrStale) {
			t.Errorf("%s: got %v, want ErrStale", name, err)
		}
		if why := unlike(map[string]tree{"vms": before}, map[string]tree{"vms": w.tree(t, "vms")}); why != "" {
			t.Errorf("%s: %s", name, why)
		}
	}
}

// A copy holds what the source was told to ignore since, and more than it then.
func TestRun_prunesWhatIsIgnoredSinceItsUpload(t *testing.T) {
	w, _ := pruned(t)
	w.spec.Sources[0].Ignore = []string{"*.log"}
	plan := w.plan(t)
	r, err := w.apply(t.Context(), plan, run{id: thisRun})
	must(t, r, err)
	if w.has(t, "vms", key("Full", 20).String()+"/disk-flat.vmdk") || !w.has(t, "vms", key("Full", 20).String()+"/empty.log") {
		t.Error("want the set gone, and the ignored file left")
	}
}

func TestRun_saysThatAPlaceWhichHoldsACopyIsAway(t *testing.T) {
	w, plan := pruned(t)
	r, err := w.apply(t.Context(), plan, run{id: thisRun, missing: map[string]error{"usb": providers.ErrUnreachable}})
	if !errors.Is(err, apply.ErrPartial) {
		t.Fatalf("got %v, want ErrPartial", err)
	}
	wantFailure(t, r, full20, "usb cannot be read: usb: "+providers.ErrUnreachable.Error())
}

// late refuses to move what stands aside: another program has opened it there.
type late struct {
	providers.Store
	from string
	left *int
}

func (l late) Rename(ctx context.Context, from, to string) error {
	if from == l.from && *l.left > 0 {
		*l.left--
		return fmt.Errorf("rename %s: %w", from, providers.ErrInUse)
	}
	return l.Store.Rename(ctx, from, to)
}

func TestRun_setThatIsOpenedAsideComesBackOrFails(t *testing.T) {
	for refusals, want := range map[int]outcome.Status{1: outcome.StatusSkipped, 2: outcome.StatusFailed} {
		w, plan := pruned(t)
		aside := state.Aside(key("Full", 20).String(), thisRun)
		stores := map[string]providers.Store{"nas": w.stores["nas"], "usb": w.stores["usb"], "vms": late{w.stores["vms"], aside, &refusals}}
		n := refusals
		r, _ := apply.Run(t.Context(), plan, apply.Options{Run: thisRun, Stores: stores, Now: now})
		if got := outcomes(r)[full20]; got != want {
			t.Errorf("%d refusals: it is %s, want %s", n, got, want)
		}
		if back := w.has(t, "vms", key("Full", 20).String()); back != (n == 1) {
			t.Errorf("%d refusals: at its name: %v", n, back)
		}
	}
}

// Killed while the set stood aside: what justified it is deleted when the same plan
// goes on.
func TestRun_setThatAnEarlierRunLeftAsideComesBack(t *testing.T) {
	for name, log := range map[string]*memLog{"with its journal": {}, "the journal lost": nil} {
		w, plan := pruned(t)
		copy20 := key("Full", 20).String()
		aside := state.Aside(copy20, thisRun)
		first := log
		if first == nil {
			first = &memLog{}
		}
		w.apply(t.Context(), plan, run{id: thisRun, log: first, script: faults.New(faults.CrashOn(faults.On(aside, faults.Rename), 0, faults.After))})
		if !w.has(t, "vms", aside) {
			t.Fatalf("%s: nothing is aside", name)
		}
		w.plant("usb", copy20+"/"+state.ManifestName, "torn")
		if log != nil {
			log = log.clone()
		}
		r, err := w.apply(t.Context(), plan, run{id: thisRun, log: log})
		if !errors.Is(err, apply.ErrPartial) {
			t.Fatalf("%s: got %v, want ErrPartial", name, err)
		}
		wantFailure(t, r, full20, "it is damaged")
		if !w.has(t, "vms", copy20+"/disk-flat.vmdk") {
			t.Errorf("%s: it is not back at its name", name)
		}
	}
}

// While the local files were read, a copy was replaced: same names and sizes,
// whole, and other bytes.
func TestRun_pruneComparesTheSumsOnceMoreWhenTheSetIsAside(t *testing.T) {
	w, plan := pruned(t)
	copy20 := key("Full", 20).String()
	script := faults.New()
	script.Observe(func(c faults.Call) {
		if c.Op == faults.Rename && c.To == state.Aside(copy20, thisRun) {
			m := state.Manifest{Key: key("Full", 20), Run: oldRun, Verified: "size"}
			for _, f := range []string{"disk-flat.vmdk", "empty.log", "sub/machine.vmx"} {
				m.Files = append(m.Files, state.ManifestFile{Path: f, Size: int64(len(content(key("Full", 20))[f])), SHA256: strings.Repeat("a", 64)})
			}
			w.plant("usb", copy20+"/"+state.ManifestName, string(m.Encode()))
		}
	})
	r, err := w.apply(t.Context(), plan, run{id: thisRun, script: script})
	if !errors.Is(err, apply.ErrPartial) {
		t.Fatalf("got %v, want ErrPartial", err)
	}
	wantFailure(t, r, full20, "contents changed after the upload")
	if !w.has(t, "vms", copy20+"/disk-flat.vmdk") {
		t.Error("the set is gone from the source")
	}
}
