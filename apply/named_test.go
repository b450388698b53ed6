package apply_test

import (
	"testing"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/state"
)

// namedScenes are what flags of plan name, and what becomes of it.
var namedScenes = map[string]struct {
	options diff.Options
	scene   func(w *world)
}{
	"replace what differs": {diff.Options{Replace: []string{"nas/Bart/2026-11-21-010000"}}, func(w *world) {
		k := key("Bart", 21)
		w.local(k)
		w.complete("nas", key("Bart", 20).String(), key("Bart", 20))
		w.plant("nas", k.String()+"/disk-flat.vmdk", "somebody else's")
		m := state.Manifest{Key: k, Run: oldRun, Verified: "adopted", NoSums: true, Files: []state.ManifestFile{{Path: "disk-flat.vmdk", Size: 15}}}
		w.plant("nas", k.String()+"/"+state.ManifestName, string(m.Encode()))
	}},
	"adopt what is named": {diff.Options{Adopt: []string{"nas/*"}}, func(w *world) {
		w.local(key("Lisa", 21))
		for _, day := range []int{18, 19, 20} {
			w.unmarked("nas", key("Lisa", day))
		}
	}},
	"destroy": {diff.Options{Destroy: true, Target: []string{"nas/Gone"}}, func(w *world) {
		w.local(key("Bart", 21)) // else the source is empty
		w.complete("nas", key("Bart", 21).String(), key("Bart", 21))
		for _, day := range []int{18, 19} {
			w.complete("nas", key("Gone", day).String(), key("Gone", day))
		}
		for _, day := range []int{12, 19} { // the second beside its final name
			k := key("Gone", day)
			w.complete("nas", dir.StagedSet(k), k)
			w.plant("nas", dir.Claim(k), string(state.Claim{Kind: "upload", Key: k, Run: oldRun}.Encode()))
		}
		w.plant("nas", dir.StagedSet(key("Gone", 13))+"/disk-flat.vmdk", "half")
	}},
	"a part, with its delete": {diff.Options{Target: []string{"nas/Bart/2026-11-17-010000"}}, func(w *world) {
		scenes["upload and deletes"](w)
		w.local(key("Lisa", 21))
	}},
}

func namedScene(t testing.TB, name string) *world {
	w := newWorld(t, 2)
	w.owned("nas")
	w.plant("nas", "readme.txt", "foreign")
	namedScenes[name].scene(w)
	w.options = namedScenes[name].options
	return w
}

// What flags name is done as all else is, also where it is stopped at any call:
// at its end and no sooner, and then there is nothing left of it.
func TestRun_crashEverywhereOfWhatIsNamed(t *testing.T) {
	for name := range namedScenes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := newTrial(t, namedScene(t, name))
			if len(x.plan.Changes) == 0 {
				t.Fatal("nothing is planned")
			}
			for i := 0; i < len(x.calls); i += sparse(1) {
				for _, when := range whens(x.calls[i]) {
					x.crashOnce(t, i, when, x.ways())
				}
			}
		})
	}
}

func TestRun_destroysToTheLastSetAndNothingBeside(t *testing.T) {
	w := namedScene(t, "destroy")
	plan := w.plan(t)
	w.finish(t, plan, &memLog{})
	for p := range w.tree(t, "nas") {
		if k := key("Gone", 18); len(p) > len(k.VM) && p[:len(k.VM)+1] == k.VM+"/" {
			t.Errorf("%s is left", p)
		}
	}
	if w.tree(t, "nas")[key("Bart", 21).String()+"/"+state.ManifestName] == "" {
		t.Error("a set that was not named is gone")
	}
}

// A set that came after the plan was made is not in it, and stops it.
func TestRun_destroysNothingWhereASetHasAppeared(t *testing.T) {
	w := namedScene(t, "destroy")
	plan := w.plan(t)
	w.complete("nas", key("Gone", 20).String(), key("Gone", 20))
	before := w.tree(t, "nas")
	if _, err := w.apply(t.Context(), plan, run{id: thisRun}); err == nil {
		t.Fatal("no error")
	}
	if why := unlike(map[string]tree{"nas": before}, map[string]tree{"nas": w.tree(t, "nas")}); why != "" {
		t.Error(why)
	}
}
