package apply_test

import (
	"errors"
	"path"
	"strings"
	"testing"

	"github.com/vmxsync/vmxsync/apply"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers/faults"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
)

const firstScene = "checksums of a first reading"

func TestRun_sumsOfAFirstReadingGoIntoTheManifest(t *testing.T) {
	for _, publish := range []config.Publish{"", config.InPlace} {
		w := scene(t, firstScene)
		w.spec.Destinations[0].Publish = publish
		k := key("Apu", 21)
		was := w.only(t, k).Manifest
		plan := w.plan(t)
		if len(plan.Changes) != 1 || plan.Changes[0].Mode != diff.AddSums {
			t.Fatalf("%s: planned %+v", publish, plan.Changes)
		}
		if _, err := w.apply(t.Context(), plan, run{id: thisRun}); err != nil {
			t.Fatalf("%s: %v", publish, err)
		}
		s := w.only(t, k)
		m := s.Manifest
		if s.State != state.Complete || m.NoSums || m.Verified != state.ReadBack || m.Run != was.Run || m.Owner != was.Owner || len(m.Files) != len(content(k)) {
			t.Errorf("%s: got %s with %+v", publish, s.State, m)
		}
		for _, f := range m.Files {
			if f.SHA256 != sha(content(k)[f.Path]) {
				t.Errorf("%s: %s has the checksum %s", publish, f.Path, f.SHA256)
			}
		}
		if got := w.provenAt(t, k); !strings.HasPrefix(got, state.ReadProof) {
			t.Errorf("%s: the reading is shown as %q", publish, got)
		}
		if w.has(t, "nas", dir.First(k)) || w.has(t, "nas", path.Join(k.String(), state.NextManifestName)) {
			t.Errorf("%s: something is left", publish)
		}
		if again := w.plan(t); !again.Empty() {
			t.Errorf("%s: planned again: %+v", publish, again.Changes)
		}
	}
}

// What was read is compared again before it goes into a manifest.
func TestRun_sumsOfWhatChangedAreNotWritten(t *testing.T) {
	k := key("Apu", 21)
	manifest := path.Join(k.String(), state.ManifestName)
	edit := func(t *testing.T, w *world, change func(m *state.Manifest)) {
		m, err := state.ParseManifest([]byte(w.tree(t, "nas")[manifest]))
		if err != nil {
			t.Fatal(err)
		}
		change(m)
		w.plant("nas", manifest, string(m.Encode()))
	}
	proof := func(t *testing.T, w *world, change func(p *state.Proof)) {
		p, err := state.ParseProof([]byte(w.tree(t, "nas")[dir.Proof(k)]))
		if err != nil {
			t.Fatal(err)
		}
		change(&p)
		w.plant("nas", dir.Proof(k), string(p.Encode()))
	}
	for name, change := range map[string]func(t *testing.T, w *world){
		"a file grew":          func(t *testing.T, w *world) { w.plant("nas", k.String()+"/empty.log", "more") },
		"a file joined":        func(t *testing.T, w *world) { w.plant("nas", k.String()+"/new", "") },
		"a file is gone":       func(t *testing.T, w *world) { w.drop(k.String() + "/empty.log") },
		"it was adopted again": func(t *testing.T, w *world) { edit(t, w, func(m *state.Manifest) { m.Run = "another" }) },
		"it is another's":      func(t *testing.T, w *world) { edit(t, w, func(m *state.Manifest) { m.Owner = "another" }) },
		"the manifest is gone": func(t *testing.T, w *world) { w.drop(manifest) },
		"the manifest is torn": func(t *testing.T, w *world) { w.plant("nas", manifest, "# vm") },
		"a later reading found others": func(t *testing.T, w *world) {
			proof(t, w, func(p *state.Proof) { p.Files[0].SHA256 = strings.Repeat("7", 64) })
		},
		"two readings differ": func(t *testing.T, w *world) {
			proof(t, w, func(p *state.Proof) { p.Files[0].SHA256, p.Files[0].Level = "", "" })
		},
		"the proof is garbage": func(t *testing.T, w *world) { w.plant("nas", dir.Proof(k), "garbage") },
		"the proof is gone":    func(t *testing.T, w *world) { w.drop(dir.Proof(k)) },
	} {
		t.Run(name, func(t *testing.T) {
			w := scene(t, firstScene)
			plan := w.plan(t)
			script, lines := faults.New(), 0
			var before tree
			script.Observe(func(call faults.Call) {
				if call.Op != "journal" {
					return
				}
				if lines++; lines == 2 { // the header, and that the checks are done
					change(t, w)
					before = w.tree(t, "nas")
				}
			})
			r, err := w.apply(t.Context(), plan, run{id: thisRun, script: script})
			if !errors.Is(err, apply.ErrPartial) {
				t.Errorf("got %v, want ErrPartial", err)
			}
			wantFailure(t, r, "nas/Apu/2026-11-21-010000", ": sums")
			after := w.tree(t, "nas")
			for p, text := range before {
				if strings.HasPrefix(p, k.String()) && after[p] != text {
					t.Errorf("%s is %q, was %q", p, after[p], text)
				}
			}
			if w.has(t, "nas", path.Join(k.String(), state.NextManifestName)) {
				t.Error("a manifest was written")
			}
		})
	}
}

// A server that does not hold what it was sent keeps the old manifest.
func TestRun_nextManifestIsReadBack(t *testing.T) {
	k := key("Apu", 21)
	next := path.Join(k.String(), state.NextManifestName)
	w := scene(t, firstScene)
	script := faults.New(faults.Lie(faults.On(next, faults.Put), 0, faults.Middle))
	r, err := w.apply(t.Context(), w.plan(t), run{id: thisRun, script: script})
	if !errors.Is(err, apply.ErrPartial) {
		t.Fatalf("got %v, want ErrPartial", err)
	}
	wantFailure(t, r, "nas/Apu/2026-11-21-010000", ": sums")
	if s := w.only(t, k); s.State != state.Complete || !s.Manifest.NoSums {
		t.Errorf("the set is %s", s.State)
	}
	if _, err := w.apply(t.Context(), w.plan(t), run{id: "next"}); err != nil {
		t.Fatal(err)
	}
	if s := w.only(t, k); s.State != state.Complete || s.Manifest.NoSums {
		t.Errorf("then the set is %s", s.State)
	}
}

// A set that has both manifests, because an apply was killed, is deleted like any other.
func TestRun_deletesASetWithTwoManifests(t *testing.T) {
	for _, publish := range []config.Publish{"", config.InPlace} {
		w := newWorld(t, 1)
		w.spec.Destinations[0].Publish = publish
		w.rotated("Bart")
		victim := key("Bart", 17)
		w.complete("nas", victim.String(), victim)
		w.plant("nas", path.Join(victim.String(), state.NextManifestName), w.tree(t, "nas")[path.Join(victim.String(), state.ManifestName)])
		plan := w.plan(t)
		if _, err := w.apply(t.Context(), plan, run{id: thisRun}); err != nil {
			t.Fatalf("%s: %v", publish, err)
		}
		if w.has(t, "nas", victim.String()) {
			t.Errorf("%s: it is there: planned %+v", publish, plan.Changes)
		}
	}
}
