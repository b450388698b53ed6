package apply_test

import (
	"context"
	"errors"
	"io/fs"
	"testing"

	"github.com/vmxsync/vmxsync/apply"
	"github.com/vmxsync/vmxsync/apply/event"
	"github.com/vmxsync/vmxsync/apply/outcome"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/faults"
	"github.com/vmxsync/vmxsync/state"
)

// disturbInPlace is disturb on a place that cannot rename folders.
func disturbInPlace(t *testing.T, match faults.Match, what func(w *world)) (*world, outcome.Result) {
	t.Helper()
	w := scene(t, chainScene).publishInPlace()
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

// sealed matches when the new set has just got its manifest.
var sealed = faults.On(key("Bart", 21).String()+"/"+state.ManifestName, faults.Rename)

func TestRun_worldThatChangesBeforeADeleteInPlaceForbidsIt(t *testing.T) {
	retained, victim := key("Bart", 20).String(), key("Bart", 17).String()
	for name, c := range map[string]struct {
		what func(w *world)
		says string
	}{
		"a set appears":             {func(w *world) { w.complete("nas", key("Bart", 19).String(), key("Bart", 19)) }, "not those that the plan expects"},
		"retained set vanishes":     {func(w *world) { remove(t, w.stores["nas"], retained) }, "not those that the plan expects"},
		"retained manifest damaged": {func(w *world) { w.plant("nas", retained+"/"+state.ManifestName, "torn") }, "must be kept, is damaged"},
		"retained set is deletion": {func(w *world) {
			k := key("Bart", 20)
			w.plant("nas", dir.Claim(k), string(state.Claim{Kind: state.DeleteClaim, Key: k, Run: oldRun}.Encode()))
		}, "not those that the plan expects"},
		"victim changed":       {func(w *world) { w.plant("nas", victim+"/empty.log", "longer") }, "changed since the plan"},
		"victim lost manifest": {func(w *world) { w.drop(victim + "/" + state.ManifestName) }, "changed since the plan"},
	} {
		t.Run(name, func(t *testing.T) {
			var before tree
			w, r := disturbInPlace(t, sealed, func(w *world) {
				c.what(w)
				before = w.tree(t, "nas")
			})
			wantFailure(t, r, bart17, c.says)
			after := w.tree(t, "nas")
			for p := range before {
				if _, there := after[p]; !there && p[:1] != "." {
					t.Errorf("%s was deleted", p)
				}
			}
		})
	}
}

func TestRun_inPlaceNeverBelowMinKeep(t *testing.T) {
	w := scene(t, chainScene).publishInPlace()
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

func TestRun_inPlaceFailedUploadCancelsTheDeletes(t *testing.T) {
	w := scene(t, chainScene).publishInPlace()
	plan := w.plan(t)
	script := faults.New(faults.FailAlways(faults.On(key("Bart", 21).String()+"/disk-flat.vmdk", faults.Put), errors.New("no")))
	r, err := w.apply(t.Context(), plan, run{id: thisRun, script: script})
	if !errors.Is(err, apply.ErrPartial) || outcomes(r)[bart17] != outcome.StatusCancelled {
		t.Errorf("got %v, and the delete is %s, want it cancelled", err, outcomes(r)[bart17])
	}
	w.wantUntouched(t, key("Bart", 17), key("Bart", 18), key("Bart", 20))
}

func TestRun_foreignFileInASetMarkedForDeletionStaysAndIsNamed(t *testing.T) {
	victim := key("Bart", 17).String()
	w, r := disturbInPlace(t, faults.On(dir.Claim(key("Bart", 17)), faults.Put), func(w *world) { w.plant("nas", victim+"/sub/precious", "!") })
	wantFailure(t, r, bart17, "sub/precious")
	if got := w.tree(t, "nas")[victim+"/sub/precious"]; got != "!" {
		t.Errorf("the foreign file holds %q", got)
	}
	if got := outcomes(r)["nas/Bart/2026-11-18-010000"]; got != outcome.StatusDone {
		t.Errorf("the next delete is %s, want done: the group is as planned", got)
	}
	if w.has(t, "nas", victim+"/"+state.ManifestName) || !w.has(t, "nas", dir.Claim(key("Bart", 17))) {
		t.Error("what is left of the set counts again: it has a manifest, or no claim")
	}
}

func TestRun_foreignFileInAnUploadInPlaceIsNamed(t *testing.T) {
	k := key("Bart", 21)
	w, r := disturbInPlace(t, faults.On(k.String()+"/disk-flat.vmdk", faults.Put), func(w *world) { w.plant("nas", k.String()+"/precious", "!") })
	wantFailure(t, r, bart21, "precious is not in the plan")
	if w.has(t, "nas", k.String()+"/"+state.ManifestName) || !w.has(t, "nas", k.String()+"/precious") {
		t.Error("the set got a manifest, or the foreign file is gone")
	}
}

func TestRun_inPlaceWritesIntoNoFolderThatIsThere(t *testing.T) {
	k := key("Bart", 21)
	w := scene(t, chainScene).publishInPlace()
	plan := w.plan(t)
	r, err := w.apply(t.Context(), plan, run{id: thisRun, events: func(e event.Event) {
		if started, ok := e.(event.ChangeStarted); ok && started.Address == bart21 {
			w.plant("nas", k.String()+"/disk-flat.vmdk", "another tool's")
		}
	}})
	if !errors.Is(err, apply.ErrPartial) {
		t.Fatalf("got %v, want ErrPartial", err)
	}
	wantFailure(t, r, bart21, "already exists")
	if got := w.tree(t, "nas")[k.String()+"/disk-flat.vmdk"]; got != "another tool's" {
		t.Errorf("the other tool's file holds %q", got)
	}
	if w.has(t, "nas", dir.Claim(k)) {
		t.Error("a claim says that the other tool's set is ours")
	}
}

func TestRun_inPlaceWaitsForALostUpload(t *testing.T) {
	k := key("Bart", 21)
	w := scene(t, chainScene).publishInPlace()
	waits, r, err := w.applyLingering(t, w.plan(t), now(), func() {
		if w.has(t, "nas", k.String()+"/"+state.ManifestName) {
			t.Error("the manifest is there before the wait is over")
		}
		w.plant("nas", k.String()+"/"+flat, content(k)[flat]+"and more")
	})
	if err == nil || len(waits) != 1 {
		t.Errorf("got %v after the waits %v", err, waits)
	}
	wantFailure(t, r, bart21, flat)
	if w.has(t, "nas", k.String()+"/"+state.ManifestName) {
		t.Error("the set got its manifest")
	}
	w.wantUntouched(t, key("Bart", 17), key("Bart", 18), key("Bart", 20))
}

func TestRun_inPlaceGivesUpWhatDoesNotFit(t *testing.T) {
	w := crowded(t).publishInPlace()
	plan := w.plan(t)
	r, err := w.applySmall(t, plan, thisRun)
	wantFull(t, r, err)
	if got := outcomes(r)["nas/"+fitting.String()]; got != outcome.StatusDone {
		t.Errorf("the set that fits is %s, want done", got)
	}
	if w.has(t, "nas", big.String()) || w.has(t, "nas", dir.Staged(big)) {
		t.Error("parts of the set that does not fit are left")
	}
}

func TestRun_refusedRenameOfAFolderNamesTheAttribute(t *testing.T) {
	for name, c := range map[string]struct {
		folder string
		err    error
		want   bool
	}{
		"publish":     {key("Bart", 21).String(), errors.New("550 no"), true},
		"trash":       {dir.Deleted(key("Bart", 17), thisRun), errors.New("550 no"), true},
		"unreachable": {key("Bart", 21).String(), providers.ErrUnreachable, false},
	} {
		t.Run(name, func(t *testing.T) {
			w := scene(t, chainScene)
			plan := w.plan(t)
			script := faults.New(faults.FailAlways(faults.On(c.folder, faults.Rename), c.err))
			r, err := w.apply(t.Context(), plan, run{id: thisRun, script: script})
			if !errors.Is(err, apply.ErrPartial) {
				t.Fatalf("got %v, want ErrPartial", err)
			}
			const want = "If the server cannot rename folders, set publish = \"in_place\" for this destination."
			if got := providers.Hint(r.Failures()[0].Err); (got == want) != c.want {
				t.Errorf("hint %q, want it to name the attribute: %v", got, c.want)
			}
		})
	}
}

func TestRun_nothingGoesFromAFinalNameWithoutAClaim(t *testing.T) {
	w := scene(t, chainScene).publishInPlace()
	plan := w.plan(t)
	r, err := w.apply(t.Context(), plan, run{id: thisRun, events: func(e event.Event) {
		if done, ok := e.(event.StepDone); ok && done.Address == bart17 && done.Op == diff.OpMarkDelete {
			w.drop(dir.Claim(key("Bart", 17)))
		}
	}})
	if !errors.Is(err, apply.ErrPartial) {
		t.Fatalf("got %v, want ErrPartial", err)
	}
	wantFailure(t, r, bart17, "has no claim that marks it for deletion")
	w.wantUntouched(t, key("Bart", 17))
}

// TestRun_abandonLeavesAnotherUploadAlone lets the upload be begun anew before
// the cleanup comes to it.
func TestRun_abandonLeavesAnotherUploadAlone(t *testing.T) {
	k := key("Otto", 12)
	w := newWorld(t, 2).publishInPlace()
	w.owned("nas")
	inPlaceScenes["an upload that nobody goes on with"](w)
	plan := w.plan(t)
	claim := state.Claim{Kind: state.UploadClaim, Key: k, Run: nextRun, InPlace: true}
	w.plant("nas", dir.Claim(k), string(claim.Encode()))
	if r, err := w.apply(t.Context(), plan, run{id: thisRun}); !errors.Is(err, apply.ErrApplied) {
		must(t, r, err)
	}
	if !w.has(t, "nas", k.String()+"/disk-flat.vmdk") || !w.has(t, "nas", dir.Claim(k)) {
		t.Error("the parts or the claim of the other upload are gone")
	}
}

// TestRun_claimThatGovernsASetIsNotPurged has a staged folder become that of an
// upload in place after the plan.
func TestRun_claimThatGovernsASetIsNotPurged(t *testing.T) {
	w := scene(t, "publish, and cleanups").publishInPlace()
	plan := w.plan(t)
	k := key("Otto", 12)
	w.claimInPlace(k, content(k))
	w.plant("nas", k.String()+"/disk-flat.vmdk", "half")
	r, err := w.apply(t.Context(), plan, run{id: thisRun})
	if !errors.Is(err, apply.ErrPartial) {
		t.Fatalf("got %v, want ErrPartial", err)
	}
	wantFailure(t, r, "nas/"+dir.Staged(k), "still needs the claim in that folder")
	if !w.has(t, "nas", dir.Claim(k)) {
		t.Error("the claim is gone, and the parts are nobody's")
	}
}

// A set that was sealed, not released, and has lost a file since is half an
// upload with a manifest: it is sent again, and the manifest is not in the way.
func TestRun_inPlaceSendsAgainWhatLostAFile(t *testing.T) {
	w := newWorld(t, 2).publishInPlace()
	w.owned("nas")
	k := key("Moe", 21)
	w.local(k)
	w.complete("nas", k.String(), k)
	w.claimInPlace(k, content(k))
	w.drop(k.String() + "/" + flat)
	r, err := w.apply(t.Context(), w.plan(t), run{id: thisRun})
	must(t, r, err)
	w.wantSound(t, "the apply")
	if !w.has(t, "nas", k.String()+"/"+state.ManifestName) || w.has(t, "nas", dir.Claim(k)) {
		t.Error("the set has no manifest, or its claim is left")
	}
	w.converge(t)
}

// forgetful is a place that says of one folder, from some time on, that it is not
// there.
type forgetful struct {
	providers.Store
	dir  string
	lies *bool
}

func (f forgetful) List(ctx context.Context, dir string) ([]providers.File, error) {
	if dir == f.dir && *f.lies {
		return nil, fs.ErrNotExist
	}
	return f.Store.List(ctx, dir)
}

// A sub-folder that is not found does not mean that the set is gone: as long as
// anything of it stands there, its claim says what it is.
func TestRun_markedSetWhoseSubFolderIsNotFoundKeepsItsClaim(t *testing.T) {
	k, lies := key("Bart", 17), false
	w := scene(t, chainScene).publishInPlace()
	nas := forgetful{w.stores["nas"], k.String() + "/sub", &lies}
	stores := map[string]providers.Store{"vms": w.stores["vms"], "usb": w.stores["usb"], "nas": nas}
	r, err := apply.Run(t.Context(), w.plan(t), apply.Options{Run: thisRun, Stores: stores, Now: now, Parallelism: 1, Events: func(e event.Event) {
		if done, ok := e.(event.StepDone); ok && done.Op == diff.OpMarkDelete {
			lies = done.Address == bart17
		}
	}})
	if !errors.Is(err, apply.ErrPartial) {
		t.Fatalf("got %v, want ErrPartial", err)
	}
	wantFailure(t, r, bart17, "was listed as a folder")
	if !w.has(t, "nas", k.String()+"/sub/machine.vmx") || !w.has(t, "nas", dir.Claim(k)) {
		t.Error("its claim is gone, and what is left is nobody's")
	}
	w.converge(t)
}
