package apply_test

import (
	"errors"
	"testing"

	"github.com/vmxsync/vmxsync/apply"
	"github.com/vmxsync/vmxsync/providers/faults"
	"github.com/vmxsync/vmxsync/state"
)

// Two configurations that take one root at the same time, in work folders of
// their own, do not both go on.
func TestRun_rootIsTakenInOneWorkFolderAlone(t *testing.T) {
	w := scene(t, "first use")
	plan := w.plan(t)
	other := state.WorkDir(".other")
	script, done := faults.New(), false
	script.Observe(func(c faults.Call) {
		if !done && c.Op == faults.Put && c.Path == dir.NextOwner() {
			done = true
			w.plant("usb", other.Owner(), "beta\n")
			w.plant("usb", other.Held()+"/x", "")
		}
	})
	r, err := w.apply(t.Context(), plan, run{id: thisRun, script: script})
	if !done || !errors.Is(err, apply.ErrPartial) {
		t.Fatalf("happened: %v, got %v, want ErrPartial", done, err)
	}
	wantFailure(t, r, "usb", `the work folder .other at this root belongs to "beta"`)
	if w.has(t, "usb", key("UsbBart", 21).String()) {
		t.Error("a set was published there all the same")
	}
}

func TestRun_otherWorkFolderMakesThePlanStale(t *testing.T) {
	w := scene(t, chainScene)
	plan := w.plan(t)
	w.plant("nas", ".other/owner", "beta\n")
	w.plant("nas", ".other/staging/x", "")
	before := w.trees(t)
	if _, err := w.apply(t.Context(), plan, run{id: thisRun}); !errors.Is(err, apply.ErrStale) {
		t.Errorf("got %v, want ErrStale", err)
	}
	if why := unlike(before, w.trees(t)); why != "" {
		t.Errorf("the world was touched: %s", why)
	}
}

// A set of another configuration justifies no delete.
func TestRun_setOfAnotherJustifiesNothing(t *testing.T) {
	w := scene(t, chainScene)
	plan := w.plan(t)
	k := key("Bart", 20)
	m, err := state.ParseManifest([]byte(w.tree(t, "nas")[k.String()+"/"+state.ManifestName]))
	if err != nil {
		t.Fatal(err)
	}
	m.Owner = "another"
	w.plant("nas", k.String()+"/"+state.ManifestName, string(m.Encode()))
	r, err := w.apply(t.Context(), plan, run{id: thisRun})
	if !errors.Is(err, apply.ErrPartial) {
		t.Fatalf("got %v, want ErrPartial", err)
	}
	wantFailure(t, r, bart17, `it belongs to the configuration "another"`)
}
