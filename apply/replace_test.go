package apply_test

import (
	"errors"
	"testing"

	"github.com/vmxsync/vmxsync/apply"
	"github.com/vmxsync/vmxsync/apply/outcome"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/faults"
	"github.com/vmxsync/vmxsync/state"
)

func TestRun_replacedSetStaysWhileItsSuccessorIsDamaged(t *testing.T) {
	w := scene(t, "an outlived replaced set goes")
	plan := w.plan(t)
	if len(plan.Cleanups) != 1 {
		t.Fatalf("%d cleanups planned, want 1", len(plan.Cleanups))
	}
	w.plant("nas", key("Edna", 20).String()+"/"+state.ManifestName, "torn")
	if _, err := w.apply(t.Context(), plan, run{id: thisRun}); !errors.Is(err, apply.ErrPartial) {
		t.Errorf("got %v, want ErrPartial", err)
	}
	if !w.has(t, "nas", dir.Replaced(key("Edna", 20), oldRun)+"/disk-flat.vmdk") {
		t.Error("the replaced set is gone")
	}
}

func TestRun_failedAdoptionLeavesItsStaging(t *testing.T) {
	w := scene(t, "adopt beside leftovers, and a delete")
	plan := w.plan(t)
	script := faults.New(faults.FailAlways(faults.On(dir.StagedManifest(key("Lisa", 21)), faults.Put), providers.ErrFull))
	r, err := w.apply(t.Context(), plan, run{id: thisRun, script: script})
	if !errors.Is(err, apply.ErrPartial) {
		t.Fatalf("got %v, want ErrPartial", err)
	}
	for address, got := range outcomes(r) {
		want := outcome.StatusCancelled
		if address == "nas/Lisa/2026-11-21-010000" {
			want = outcome.StatusFailed
		}
		if got != want {
			t.Errorf("%s is %s, want %s", address, got, want)
		}
	}
}

func TestRun_replacedSetThatGrewIsNotMovedAside(t *testing.T) {
	w := scene(t, "replace")
	plan := w.plan(t)
	half := key("Maggie", 21).String() + "/disk-flat.vmdk"
	script := faults.New()
	script.Observe(func(c faults.Call) {
		if c.Op == faults.Put && c.Path == dir.Claim(key("Maggie", 21)) {
			w.plant("nas", half, "it is still being written")
		}
	})
	r, err := w.apply(t.Context(), plan, run{id: thisRun, script: script})
	if !errors.Is(err, apply.ErrPartial) {
		t.Fatalf("got %v, want ErrPartial", err)
	}
	wantFailure(t, r, "nas/Maggie/2026-11-21-010000", ": aside")
	if !w.has(t, "nas", half) {
		t.Error("it was moved away")
	}
}

func TestRun_adoptedSetThatChangedIsNotMarked(t *testing.T) {
	theirs := newWorld(t, 1)
	theirs.complete("nas", "theirs", key("Abe", 21))
	fitting := slurp(t, theirs.stores["nas"], "theirs/"+state.ManifestName)
	for name, c := range map[string]struct{ p, text string }{
		"file grew":             {"/empty.log", "more"},
		"file joined":           {"/new", ""},
		"manifest came":         {"/" + state.ManifestName, "theirs"},
		"fitting manifest came": {"/" + state.ManifestName, fitting},
	} {
		w := scene(t, "adopt")
		plan := w.plan(t)
		script, lines := faults.New(), 0
		script.Observe(func(call faults.Call) {
			if call.Op != "journal" {
				return
			}
			if lines++; lines == 2 { // the header, and that the checks are done
				w.plant("nas", key("Abe", 21).String()+c.p, c.text)
			}
		})
		r, err := w.apply(t.Context(), plan, run{id: thisRun, script: script})
		if !errors.Is(err, apply.ErrPartial) {
			t.Errorf("%s: got %v, want ErrPartial", name, err)
		}
		wantFailure(t, r, "nas/Abe/2026-11-21-010000", ": mark")
		if got := w.tree(t, "nas")[key("Abe", 21).String()+"/"+state.ManifestName]; got != "" && got != c.text {
			t.Errorf("%s: it has the manifest %q", name, got)
		}
	}
}

func TestRun_replaceMovesAsideOnlyForAWholeSet(t *testing.T) {
	w := scene(t, "replace")
	plan := w.plan(t)
	staged := dir.StagedSet(key("Maggie", 21))
	script := faults.New()
	script.Observe(func(c faults.Call) {
		if c.To == staged+"/"+state.ManifestName {
			w.stores["nas"].Remove(t.Context(), staged+"/empty.log")
		}
	})
	if _, err := w.apply(t.Context(), plan, run{id: thisRun, script: script}); !errors.Is(err, apply.ErrPartial) {
		t.Fatalf("got %v, want ErrPartial", err)
	}
	if !w.has(t, "nas", key("Maggie", 21).String()) {
		t.Error("the old set was moved aside for half a set")
	}
}

// A replace that was planned beside a set that is whole in staging goes on. One
// that another apply has made whole since is about to be published.
func TestRun_replaceBesideAWholeSet(t *testing.T) {
	k := key("Maggie", 21)
	claimed := func(w *world) {
		claim := state.Claim{Kind: state.UploadClaim, Key: k, Run: oldRun}
		claim.Files = append(claim.Files, w.plan(t).Changes[0].Files...)
		w.plant("nas", dir.Claim(k), string(claim.Encode()))
		w.complete("nas", dir.StagedSet(k), k)
	}
	w := scene(t, "replace")
	claimed(w)
	if c := w.plan(t).Changes[0]; c.Mode != diff.Replace || c.StagedRun != diff.RunDigest(oldRun) {
		t.Fatalf("the plan has %s that expects %q", c.Mode, c.StagedRun)
	}
	r, err := w.apply(t.Context(), w.plan(t), run{id: thisRun})
	must(t, r, err)

	w = scene(t, "replace")
	plan := w.plan(t)
	claimed(w)
	if r, err = w.apply(t.Context(), plan, run{id: thisRun}); !errors.Is(err, apply.ErrPartial) {
		t.Fatalf("got %v, want ErrPartial", err)
	}
	wantFailure(t, r, "nas/"+k.String(), "was completed by run "+oldRun)
	if !w.has(t, "nas", dir.StagedSet(k)+"/"+state.ManifestName) {
		t.Error("the manifest of the other apply is gone")
	}
}
