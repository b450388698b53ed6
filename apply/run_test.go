package apply_test

import (
	"context"
	"errors"
	"io"
	"maps"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/vmxsync/vmxsync/apply"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/faults"
	"github.com/vmxsync/vmxsync/providers/mem"
	"github.com/vmxsync/vmxsync/state"
)

const chainScene = "upload and deletes" // Bart: 21 comes, 17 and 18 go, 20 stays

// outcomes is what became of each change, by address.
func outcomes(r apply.Result) map[string]apply.Status {
	all := map[string]apply.Status{}
	for _, o := range r.Outcomes {
		all[o.Address] = o.Status
	}
	return all
}

func (w *world) has(t *testing.T, place, p string) bool {
	t.Helper()
	_, err := w.stores[place].Stat(t.Context(), p)
	return err == nil
}

// wantUntouched proves that a deletes' chain has deleted nothing.
func (w *world) wantUntouched(t *testing.T, sets ...state.Key) {
	t.Helper()
	for _, k := range sets {
		if !w.has(t, "nas", k.String()+"/"+state.ManifestName) || !w.has(t, "nas", k.String()+"/disk-flat.vmdk") {
			t.Errorf("%s was touched", k)
		}
	}
}

func wantFailure(t *testing.T, r apply.Result, address, text string) {
	t.Helper()
	for _, o := range r.Failures() {
		if o.Address == address && strings.Contains(o.Err.Error(), text) {
			return
		}
	}
	t.Errorf("no failure of %s that says %q in:", address, text)
	for _, o := range r.Failures() {
		t.Logf("%s: %v", o.Address, o.Err)
	}
}

func remove(t *testing.T, s *mem.Store, dir string) {
	t.Helper()
	entries, err := s.List(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Kind == providers.Dir {
			remove(t, s, e.Path)
		} else if err := s.Remove(t.Context(), e.Path); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Remove(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
}

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
		"is there already": {func(t *testing.T, w *world) { w.complete("nas", key("Bart", 21).String(), key("Bart", 21)) },
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

func TestRun_resultCounts(t *testing.T) {
	w := scene(t, "")
	plan := w.plan(t)
	r, err := w.apply(t.Context(), plan, run{id: thisRun})
	must(t, r, err)
	s := plan.Summary
	if r.Added != s.Add || r.Changed != s.Change || r.Destroyed != s.Destroy || r.Uploaded != s.UploadBytes || r.Freed != s.FreeBytes {
		t.Errorf("got %d added, %d changed, %d destroyed, %d up, %d freed, want %+v", r.Added, r.Changed, r.Destroyed, r.Uploaded, r.Freed, s)
	}
}

func TestRun_failedUploadCancelsTheDeletesOfItsChainOnly(t *testing.T) {
	w := scene(t, "")
	plan := w.plan(t)
	full := faults.Fail(faults.On(dir.StagedSet(key("Bart", 21))+"/*", faults.Put), 0, faults.Middle, providers.ErrFull)
	r, err := w.apply(t.Context(), plan, run{id: thisRun, script: faults.New(full)})
	if !errors.Is(err, apply.ErrPartial) {
		t.Fatalf("got %v, want ErrPartial", err)
	}
	for address, got := range outcomes(r) {
		want := apply.StatusDone
		switch address {
		case "nas/Bart/2026-11-21-010000":
			want = apply.StatusFailed
		case "nas/Bart/2026-11-17-010000", "nas/Bart/2026-11-18-010000":
			want = apply.StatusCancelled
		}
		if got != want {
			t.Errorf("%s is %s, want %s", address, got, want)
		}
	}
	w.wantUntouched(t, key("Bart", 17), key("Bart", 18), key("Bart", 20))
	for _, o := range r.Failures() {
		if !errors.Is(o.Err, providers.ErrFull) && !errors.Is(o.Err, apply.ErrCancelled) {
			t.Errorf("%s: %v", o.Address, o.Err)
		}
	}
}

func TestRun_failedPlanGoesOnLater(t *testing.T) {
	undisturbed := scene(t, "")
	plan := undisturbed.plan(t)
	w, log := undisturbed.clone(), &memLog{}
	r, err := undisturbed.apply(t.Context(), plan, run{id: thisRun})
	must(t, r, err)
	full := faults.FailAlways(faults.On(dir.StagedSet(key("Bart", 21))+"/*", faults.Put), providers.ErrFull)
	if _, err := w.apply(t.Context(), plan, run{id: thisRun, log: log, script: faults.New(full)}); !errors.Is(err, apply.ErrPartial) {
		t.Fatalf("got %v, want ErrPartial", err)
	}
	r, err = w.apply(t.Context(), plan, run{id: thisRun, log: log})
	must(t, r, err)
	if why := unlike(undisturbed.trees(t), w.trees(t)); why != "" {
		t.Error(why)
	}
}

// disturb applies the chain scene and lets something happen the first time
// that a call matches. It returns a result that must be partial.
func disturb(t *testing.T, match faults.Match, what func(w *world)) (*world, apply.Result) {
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

const (
	bart21 = "nas/Bart/2026-11-21-010000"
	bart17 = "nas/Bart/2026-11-17-010000"
)

// published matches when the new set has just got its name.
var published = faults.On(key("Bart", 21).String(), faults.Rename)

func TestRun_worldThatChangesBeforeTheDeleteForbidsIt(t *testing.T) {
	retained := key("Bart", 20).String()
	victim := key("Bart", 17).String()
	for name, c := range map[string]struct {
		what func(w *world)
		says string
	}{
		"a set appears":             {func(w *world) { w.complete("nas", key("Bart", 19).String(), key("Bart", 19)) }, "not those that the plan expects"},
		"retained set vanishes":     {func(w *world) { remove(t, w.stores["nas"], retained) }, "not those that the plan expects"},
		"retained manifest damaged": {func(w *world) { w.plant("nas", retained+"/"+state.ManifestName, "torn") }, "must stay, is damaged"},
		"retained manifest gone":    {func(w *world) { w.stores["nas"].Remove(t.Context(), retained+"/"+state.ManifestName) }, "must stay, is unmarked"},
		"retained set has a link": {func(w *world) {
			w.stores["nas"].Plant(providers.File{Path: retained + "/link", Kind: providers.Link}, nil)
		}, "must stay, is damaged"},
		"victim changed":       {func(w *world) { w.plant("nas", victim+"/empty.log", "longer") }, "changed since the plan"},
		"victim got a file":    {func(w *world) { w.plant("nas", victim+"/precious", "!") }, "changed since the plan"},
		"victim lost manifest": {func(w *world) { w.stores["nas"].Remove(t.Context(), victim+"/"+state.ManifestName) }, "changed since the plan"},
		"victim vanished":      {func(w *world) { remove(t, w.stores["nas"], victim) }, "is not there"},
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

func TestRun_sourceThatChangesWhileItIsReadFailsItsSet(t *testing.T) {
	src := key("Bart", 21).String()
	staged := faults.On(dir.StagedSet(key("Bart", 21))+"/disk-flat.vmdk", faults.Put)
	for name, c := range map[string]struct {
		what func(w *world)
		at   diff.Op
	}{
		"grows": {func(w *world) { w.plant("vms", src+"/disk-flat.vmdk", "longer than it was") }, diff.OpPut},
		"rewritten": {func(w *world) {
			text := content(key("Bart", 21))["disk-flat.vmdk"]
			w.stores["vms"].Plant(providers.File{Path: src + "/disk-flat.vmdk", ModTime: now()}, []byte(text))
		}, diff.OpPut},
		"vanishes": {func(w *world) { remove(t, w.stores["vms"], src) }, diff.OpPut},
		"joined":   {func(w *world) { w.plant("vms", src+"/late.log", "") }, diff.OpManifest},
	} {
		t.Run(name, func(t *testing.T) {
			w, r := disturb(t, staged, c.what)
			wantFailure(t, r, bart21, bart21+": "+string(c.at))
			if w.has(t, "nas", key("Bart", 21).String()) {
				t.Error("the set was published")
			}
			w.wantUntouched(t, key("Bart", 17), key("Bart", 18), key("Bart", 20))
		})
	}
}

func TestRun_lyingServerPublishesNothing(t *testing.T) {
	staged := dir.StagedSet(key("Bart", 21))
	for name, c := range map[string]struct {
		lie *faults.Fault
		at  diff.Op
	}{
		"half a file":     {faults.Lie(faults.On(staged+"/disk-flat.vmdk", faults.Put), 0, faults.Middle), diff.OpPut},
		"no file":         {faults.Lie(faults.On(staged+"/empty.log", faults.Put), 0, faults.Before), diff.OpPut},
		"half a manifest": {faults.Lie(faults.On(dir.StagedManifest(key("Bart", 21)), faults.Put), 0, faults.Middle), diff.OpManifest},
		"manifest stays":  {faults.Lie(faults.On(dir.StagedManifest(key("Bart", 21)), faults.Rename), 0, faults.Before), diff.OpManifest},
		"no rename":       {faults.Lie(faults.On(key("Bart", 21).String(), faults.Rename), 0, faults.Before), diff.OpPublish},
		"half a claim":    {faults.Lie(faults.On(dir.Claim(key("Bart", 21)), faults.Put), 0, faults.Middle), diff.OpClaim},
	} {
		t.Run(name, func(t *testing.T) {
			w := scene(t, chainScene)
			plan := w.plan(t)
			script := faults.New(c.lie)
			r, err := w.apply(t.Context(), plan, run{id: thisRun, script: script})
			if !errors.Is(err, apply.ErrPartial) {
				t.Fatalf("got %v, want ErrPartial", err)
			}
			wantFailure(t, r, bart21, bart21+": "+string(c.at))
			if w.has(t, "nas", key("Bart", 21).String()) {
				t.Error("the set was published")
			}
			w.wantUntouched(t, key("Bart", 17), key("Bart", 18), key("Bart", 20))
			if err := script.AllHit(); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestRun_lostReplyOfARenameIsNoFailure(t *testing.T) {
	w := scene(t, chainScene)
	plan := w.plan(t)
	lost := errors.New("connection reset")
	for _, p := range []string{key("Bart", 21).String(), key("Bart", 17).String()} {
		script := faults.New(faults.Fail(faults.On(p, faults.Rename), 0, faults.After, lost))
		c := w.clone()
		r, err := c.apply(t.Context(), plan, run{id: thisRun, script: script})
		must(t, r, err)
		if err := script.AllHit(); err != nil {
			t.Error(err)
		}
	}
}

func TestRun_foreignFileInsideAVictimStays(t *testing.T) {
	trash := dir.Deleted(key("Bart", 17), thisRun)
	w, r := disturb(t, faults.On(trash, faults.Rename), func(w *world) { w.plant("nas", trash+"/sub/precious", "!") })
	wantFailure(t, r, bart17, "sub/precious")
	if got := w.tree(t, "nas")[trash+"/sub/precious"]; got != "!" {
		t.Errorf("the foreign file holds %q", got)
	}
	if got := outcomes(r)["nas/Bart/2026-11-18-010000"]; got != apply.StatusDone {
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

func TestRun_finalNameThatIsTakenIsNotTouched(t *testing.T) {
	taken := key("Bart", 21).String()
	w, r := disturb(t, faults.On(dir.Claim(key("Bart", 21)), faults.Put), func(w *world) { w.plant("nas", taken+"/theirs", "!") })
	wantFailure(t, r, bart21, "there already")
	if got := w.tree(t, "nas")[taken+"/theirs"]; got != "!" {
		t.Errorf("their file holds %q", got)
	}
}

func TestRun_strangerInStagingIsNotPublished(t *testing.T) {
	staged := dir.StagedSet(key("Bart", 21))
	w, r := disturb(t, faults.On(staged+"/empty.log", faults.Put), func(w *world) { w.plant("nas", staged+"/stranger", "!") })
	wantFailure(t, r, bart21, bart21+": manifest")
	wantFailure(t, r, bart21, "stranger")
	if w.has(t, "nas", key("Bart", 21).String()) {
		t.Error("the set was published")
	}
}

func TestRun_cancelledGoesOnLater(t *testing.T) {
	undisturbed := scene(t, "")
	plan := undisturbed.plan(t)
	w, log := undisturbed.clone(), &memLog{}
	r, err := undisturbed.apply(t.Context(), plan, run{id: thisRun})
	must(t, r, err)
	for n := 1; ; n++ {
		ctx, cancel := context.WithCancel(t.Context())
		steps := 0
		_, err := w.apply(ctx, plan, run{id: thisRun, log: log, events: func(e apply.Event) {
			if _, ok := e.(apply.StepDone); ok {
				if steps++; steps == n {
					cancel()
				}
			}
		}})
		cancel()
		if errors.Is(err, apply.ErrApplied) || err == nil {
			break
		}
		if !errors.Is(err, context.Canceled) || steps > n {
			t.Fatalf("%d steps, cancelled after %d: %v, want Canceled", steps, n, err)
		}
	}
	if why := unlike(undisturbed.trees(t), w.trees(t)); why != "" {
		t.Error(why)
	}
}

func TestRun_cancelStopsATransfer(t *testing.T) {
	w := scene(t, chainScene)
	plan := w.plan(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	r, err := w.apply(ctx, plan, run{id: thisRun, events: func(e apply.Event) {
		if _, ok := e.(apply.Progress); ok {
			cancel()
		}
	}})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v, want Canceled", err)
	}
	for address, got := range outcomes(r) {
		if got != apply.StatusPending {
			t.Errorf("%s is %s, want pending", address, got)
		}
	}
	w.wantUntouched(t, key("Bart", 17), key("Bart", 18), key("Bart", 20))
}

func TestRun_journalThatCannotBeWrittenEndsIt(t *testing.T) {
	w := scene(t, "")
	plan := w.plan(t)
	before := w.trees(t)
	full := errors.New("disk full")
	script := faults.New(faults.Fail(faults.On("", "journal"), 2, faults.Before, full))
	if _, err := w.apply(t.Context(), plan, run{id: thisRun, script: script}); !errors.Is(err, full) || errors.Is(err, apply.ErrPartial) {
		t.Fatalf("got %v, want the error of the journal", err)
	}
	if why := unlike(before, w.trees(t)); why != "" {
		t.Errorf("a step without a record was done: %s", why)
	}
}

func TestRun_sumsAreThoseOfTheSource(t *testing.T) {
	w := scene(t, chainScene)
	r, err := w.apply(t.Context(), w.plan(t), run{id: thisRun})
	must(t, r, err)
	m, err := state.ParseManifest([]byte(slurp(t, w.stores["nas"], key("Bart", 21).String()+"/"+state.ManifestName)))
	if err != nil {
		t.Fatal(err)
	}
	files := content(key("Bart", 21))
	for _, f := range m.Files {
		if want := sha(files[f.Path]); f.SHA256 != want || f.Size != int64(len(files[f.Path])) {
			t.Errorf("%s: %d bytes, %s, want %s", f.Path, f.Size, f.SHA256, want)
		}
	}
	if m.Run != thisRun || len(m.Files) != len(files) {
		t.Errorf("run %s, %d files", m.Run, len(m.Files))
	}
}

// mangling is a store that keeps another name than it was sent.
type mangling struct{ providers.Store }

func mangle(p string) string { return strings.ReplaceAll(p, "disk-flat", "disk_flat") }

func (m mangling) Put(ctx context.Context, p string, b providers.Body) error {
	return m.Store.Put(ctx, mangle(p), b)
}
func (m mangling) Stat(ctx context.Context, p string) (providers.File, error) {
	return m.Store.Stat(ctx, mangle(p))
}

func TestRun_nameThatTheServerChangedIsAnError(t *testing.T) {
	w := scene(t, chainScene)
	plan := w.plan(t)
	stores := map[string]providers.Store{"vms": w.stores["vms"], "nas": mangling{w.stores["nas"]}, "usb": w.stores["usb"]}
	r, err := apply.Run(t.Context(), plan, apply.Options{Run: thisRun, Stores: stores, Now: now})
	if !errors.Is(err, apply.ErrPartial) {
		t.Fatalf("got %v, want ErrPartial", err)
	}
	wantFailure(t, r, bart21, `"disk_flat.vmdk"`)
	if r.Uploaded != int64(len(content(key("Bart", 21))["disk-flat.vmdk"])) {
		t.Errorf("%d bytes were sent after the first file told", r.Uploaded)
	}
}

func TestRun_manySessionsEndAsOne(t *testing.T) {
	one := scene(t, "")
	plan := one.plan(t)
	many := one.clone()
	r, err := one.apply(t.Context(), plan, run{id: thisRun})
	must(t, r, err)
	for _, place := range []string{"vms", "nas", "usb"} {
		copied := mem.New(yesterday, mem.Sessions(4))
		for p, text := range many.tree(t, place) {
			if text != "/" {
				copied.Plant(providers.File{Path: p, ModTime: yesterday()}, []byte(text))
			}
		}
		many.stores[place] = copied
	}
	r, err = many.apply(t.Context(), plan, run{id: thisRun, parallelism: 4})
	must(t, r, err)
	if why := unlike(one.trees(t), many.trees(t)); why != "" {
		t.Error(why)
	}
}

func TestRun_planThatLeavesItsSetsIsRefused(t *testing.T) {
	for _, op := range []diff.Op{
		diff.OpClaim, diff.OpPut, diff.OpManifest, diff.OpAside, diff.OpPublish, diff.OpRelease, diff.OpMark, diff.OpTrash, diff.OpPurge, "guess",
	} {
		w := scene(t, "")
		plan := w.plan(t)
		for _, c := range plan.Changes {
			for i, s := range c.Steps {
				if s.Op == op || op == "guess" && s.Op == diff.OpClaim {
					c.Steps[i].Op, c.Steps[i].From, c.Steps[i].To = op, "Lisa/2026-11-20-010000", "readme.txt"
				}
			}
		}
		before := w.trees(t)
		if _, err := w.apply(t.Context(), plan, run{id: thisRun}); err == nil {
			t.Errorf("%s went elsewhere", op)
		}
		if why := unlike(before, w.trees(t)); why != "" {
			t.Errorf("%s: %s", op, why)
		}
	}
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

func TestRun_messagesAreEscaped(t *testing.T) {
	trash := dir.Deleted(key("Bart", 17), thisRun)
	evil := path.Join(trash, "\x1b[2Jgone")
	_, r := disturb(t, faults.On(trash, faults.Rename), func(w *world) { w.plant("nas", evil, "!") })
	wantFailure(t, r, bart17, `\x1b`)
	for _, o := range r.Failures() {
		if strings.Contains(o.Err.Error(), "\x1b") {
			t.Errorf("%q reaches the terminal", o.Err.Error())
		}
	}
}

func TestRun_eventsTellTheStory(t *testing.T) {
	w := scene(t, chainScene)
	plan := w.plan(t)
	var last apply.Event
	sent, done, began := map[string]int64{}, map[string]bool{}, 0
	r, err := w.apply(t.Context(), plan, run{id: thisRun, events: func(e apply.Event) {
		switch e := e.(type) {
		case apply.Started:
			began++
		case apply.Progress:
			sent[e.Path] = e.Sent
		case apply.ChangeDone:
			done[e.Address] = true
		}
		last = e
	}})
	must(t, r, err)
	for name, text := range content(key("Bart", 21)) {
		if sent[name] != int64(len(text)) {
			t.Errorf("progress of %s ended at %d of %d", name, sent[name], len(text))
		}
	}
	if _, ok := last.(apply.Finished); !ok || began != 1 || len(done) != len(plan.Changes) {
		t.Errorf("last %T, %d begins, done %v", last, began, slices.Sorted(maps.Keys(done)))
	}
}

// rewinding is a store that reads half of a body, and then all of it.
type rewinding struct{ providers.Store }

func (s rewinding) Put(ctx context.Context, p string, b providers.Body) error {
	r, err := b.Open(0)
	if err != nil {
		return err
	}
	io.CopyN(io.Discard, r, b.Size()/2)
	r.Close()
	return s.Store.Put(ctx, p, b)
}

// resuming is a store that reads a body from its middle, having the first half.
type resuming struct{ providers.Store }

func (s resuming) Put(ctx context.Context, p string, b providers.Body) error {
	return s.Store.Put(ctx, p, glued{b})
}

type glued struct{ providers.Body }

func (g glued) Open(int64) (io.ReadCloser, error) {
	head, err := g.Body.Open(0)
	if err != nil {
		return nil, err
	}
	half, err := io.ReadAll(io.LimitReader(head, g.Size()/2))
	head.Close()
	if err != nil {
		return nil, err
	}
	rest, err := g.Body.Open(int64(len(half)))
	if err != nil {
		return nil, err
	}
	return struct {
		io.Reader
		io.Closer
	}{io.MultiReader(strings.NewReader(string(half)), rest), rest}, nil
}

func TestRun_sumsSurviveRewindAndResume(t *testing.T) {
	for name, wrap := range map[string]func(providers.Store) providers.Store{
		"rewind": func(s providers.Store) providers.Store { return rewinding{s} },
		"resume": func(s providers.Store) providers.Store { return resuming{s} },
	} {
		w := scene(t, chainScene)
		want := w.clone()
		plan := w.plan(t)
		r, err := want.apply(t.Context(), plan, run{id: thisRun})
		must(t, r, err)
		stores := map[string]providers.Store{"vms": w.stores["vms"], "nas": wrap(w.stores["nas"])}
		r, err = apply.Run(t.Context(), plan, apply.Options{Run: thisRun, Stores: stores, Now: now})
		must(t, r, err)
		if why := unlike(want.trees(t), w.trees(t)); why != "" {
			t.Errorf("%s: %s", name, why)
		}
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
	wantFailure(t, r, "nas/Abe/2026-11-18-010000", "must stay, is unmarked")
	if !w.has(t, "nas", key("Abe", 18).String()) || !w.has(t, "nas", key("Abe", 19).String()) {
		t.Error("a set was deleted")
	}
}

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

// interrupted applies the chain scene until just after a call.
func interrupted(t *testing.T, after faults.Match) (w *world, plan *diff.Plan, log *memLog) {
	t.Helper()
	w, log = scene(t, chainScene), &memLog{}
	plan = w.plan(t)
	w.apply(t.Context(), plan, run{id: thisRun, log: log, script: faults.New(faults.CrashOn(after, 0, faults.After))})
	return w, plan, log.clone()
}

func TestRun_wholeInStagingNeedsNoSource(t *testing.T) {
	marked := faults.On(dir.StagedSet(key("Bart", 21))+"/"+state.ManifestName, faults.Rename)
	for _, lost := range []bool{false, true} {
		w, plan, log := interrupted(t, marked)
		if lost {
			log = &memLog{}
		}
		remove(t, w.stores["vms"], key("Bart", 21).String())
		r, err := w.apply(t.Context(), plan, run{id: thisRun, log: log})
		must(t, r, err)
		if !w.has(t, "nas", key("Bart", 21).String()) {
			t.Error("the set was not published")
		}
	}
}

func TestRun_stagedManifestThatWasTornIsWrittenAgain(t *testing.T) {
	p := dir.StagedSet(key("Bart", 21)) + "/" + state.ManifestName
	w, plan, log := interrupted(t, faults.On(p, faults.Rename))
	whole := slurp(t, w.stores["nas"], p)
	w.plant("nas", p, whole[:len(whole)/2])
	r, err := w.apply(t.Context(), plan, run{id: thisRun, log: log})
	must(t, r, err)
	if got := slurp(t, w.stores["nas"], key("Bart", 21).String()+"/"+state.ManifestName); got != whole {
		t.Errorf("the manifest is %q, want %q", got, whole)
	}
}

func TestRun_stagedFileThatVanishedIsSentAgain(t *testing.T) {
	p := dir.StagedSet(key("Bart", 21)) + "/disk-flat.vmdk"
	w, plan, log := interrupted(t, faults.On(dir.StagedManifest(key("Bart", 21)), faults.Put))
	if err := w.stores["nas"].Remove(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	r, err := w.apply(t.Context(), plan, run{id: thisRun, log: log})
	must(t, r, err)
	if want := int64(len(content(key("Bart", 21))["disk-flat.vmdk"])); r.Uploaded != want {
		t.Errorf("%d bytes sent again, want %d: what was done is not sent again", r.Uploaded, want)
	}
}

func TestRun_setOfAnotherRunIsNotTakenForOurs(t *testing.T) {
	w, plan, log := interrupted(t, faults.On(dir.StagedManifest(key("Bart", 21)), faults.Put))
	w.complete("nas", key("Bart", 21).String(), key("Bart", 21))
	for name, l := range map[string]*memLog{"journal": log, "lost": {}} {
		before := w.trees(t)
		if _, err := w.apply(t.Context(), plan, run{id: thisRun, log: l}); !errors.Is(err, apply.ErrStale) {
			t.Errorf("%s: got %v, want ErrStale", name, err)
		}
		if why := unlike(before, w.trees(t)); why != "" {
			t.Errorf("%s: %s", name, why)
		}
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
	if got := outcomes(r)[bart21]; got != apply.StatusDone {
		t.Errorf("%s is %s, want done: it is elsewhere", bart21, got)
	}
	if why := unlike(map[string]tree{"usb": before}, map[string]tree{"usb": w.tree(t, "usb")}); why != "" {
		t.Error(why)
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
		want := apply.StatusCancelled
		if address == "nas/Lisa/2026-11-21-010000" {
			want = apply.StatusFailed
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

func TestRun_failedRenameTellsWhy(t *testing.T) {
	w := scene(t, chainScene)
	plan := w.plan(t)
	script := faults.New(faults.Fail(faults.On(key("Bart", 21).String(), faults.Rename), 0, faults.Before, providers.ErrUnreachable))
	r, err := w.apply(t.Context(), plan, run{id: thisRun, script: script})
	if !errors.Is(err, apply.ErrPartial) || !errors.Is(r.Failures()[0].Err, providers.ErrUnreachable) {
		t.Errorf("got %v, %v, want ErrUnreachable in a partial result", err, r.Failures())
	}
}

func TestRun_serverThatLosesAFileOfAPublishedSetIsFoundOut(t *testing.T) {
	w, r := disturb(t, published, func(w *world) {
		w.stores["nas"].Remove(t.Context(), key("Bart", 21).String()+"/empty.log")
	})
	wantFailure(t, r, bart21, "empty.log is missing")
	w.wantUntouched(t, key("Bart", 17), key("Bart", 18), key("Bart", 20))
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

func TestRun_stepWhoseNeedsAreNotDoneIsNotDone(t *testing.T) {
	w := scene(t, chainScene)
	plan := w.plan(t)
	for _, c := range plan.Changes {
		if c.Address == bart17 {
			c.Steps[0].Needs = append(c.Steps[0].Needs, "nas/Bart/2026-11-19-010000#publish")
		}
	}
	r, err := w.apply(t.Context(), plan, run{id: thisRun})
	if !errors.Is(err, apply.ErrPartial) {
		t.Fatalf("got %v, want ErrPartial", err)
	}
	wantFailure(t, r, bart17, "which is not done")
	w.wantUntouched(t, key("Bart", 17), key("Bart", 18))
}

func TestRun_stagedSetThatIsNotWholeAnyMoreIsNotPublished(t *testing.T) {
	w := scene(t, "publish, and cleanups")
	plan := w.plan(t)
	staged := dir.StagedSet(key("Otto", 21))
	if err := w.stores["nas"].Remove(t.Context(), staged+"/empty.log"); err != nil {
		t.Fatal(err)
	}
	r, err := w.apply(t.Context(), plan, run{id: thisRun})
	if !errors.Is(err, apply.ErrPartial) {
		t.Fatalf("got %v, want ErrPartial", err)
	}
	wantFailure(t, r, "nas/Otto/2026-11-21-010000", "empty.log is missing")
	if w.has(t, "nas", key("Otto", 21).String()) {
		t.Error("half a set was published")
	}
}

func TestRun_changedSourceIsNotSent(t *testing.T) {
	w, r := disturb(t, faults.On(dir.Claim(key("Bart", 21)), faults.Put), func(w *world) {
		w.plant("vms", key("Bart", 21).String()+"/disk-flat.vmdk", "longer than it was")
	})
	wantFailure(t, r, bart21, bart21+": put")
	if r.Uploaded != 0 {
		t.Errorf("%d bytes of it were sent", r.Uploaded)
	}
	if o := r.Failures()[0]; !errors.Is(o.Err, apply.ErrSourceChanged) {
		t.Errorf("%v does not wrap ErrSourceChanged", o.Err)
	}
	w.wantUntouched(t, key("Bart", 17), key("Bart", 18), key("Bart", 20))
}

func TestRun_setThatDiffersDoesNotCountForMinKeep(t *testing.T) {
	for _, c := range []struct {
		state state.State
		want  apply.Status
	}{{state.Complete, apply.StatusDone}, {state.Differs, apply.StatusFailed}} {
		w := scene(t, chainScene)
		plan := w.plan(t)
		plan.Groups[0].MinKeep = 3 // without 17: 18, 20, 21
		for i := range plan.Changes {
			for j := range plan.Changes[i].Steps {
				plan.Changes[i].Steps[j].Retains = nil
			}
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

func TestRun_publishThatWasStartedIsNotTakenFromAnother(t *testing.T) {
	w, log := scene(t, chainScene), &memLog{}
	plan := w.plan(t)
	w.apply(t.Context(), plan, run{id: thisRun, log: log, script: faults.New(faults.CrashOn(published, 0, faults.Before))})
	w.complete("nas", key("Bart", 21).String(), key("Bart", 21))
	r, err := w.apply(t.Context(), plan, run{id: thisRun, log: log.clone()})
	if !errors.Is(err, apply.ErrPartial) {
		t.Fatalf("got %v, want ErrPartial", err)
	}
	wantFailure(t, r, bart21, "there already")
	w.wantUntouched(t, key("Bart", 17), key("Bart", 18), key("Bart", 20))
}

func TestRun_otherSetInStagingIsNotPublished(t *testing.T) {
	w := scene(t, "publish, and cleanups")
	plan := w.plan(t)
	staged := dir.StagedSet(key("Otto", 21))
	remove(t, w.stores["nas"], staged)
	m := state.Manifest{Key: key("Otto", 21), Run: oldRun, NoSums: true, Files: []state.ManifestFile{{Path: "other", Size: 1}}}
	w.plantFiles("nas", staged, map[string]string{"other": "!", state.ManifestName: string(m.Encode())})
	r, err := w.apply(t.Context(), plan, run{id: thisRun})
	if !errors.Is(err, apply.ErrPartial) {
		t.Fatalf("got %v, want ErrPartial", err)
	}
	wantFailure(t, r, "nas/Otto/2026-11-21-010000", "other is not in the plan")
}
