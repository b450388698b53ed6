package apply_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/vmxsync/vmxsync/apply"
	"github.com/vmxsync/vmxsync/apply/event"
	"github.com/vmxsync/vmxsync/apply/source"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/faults"
	"github.com/vmxsync/vmxsync/state"
)

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
		"half a manifest": {faults.Lie(faults.On(staged+"/"+state.ManifestName, faults.Put), 0, faults.Middle), diff.OpPublish},
		"no manifest":     {faults.Lie(faults.On(staged+"/"+state.ManifestName, faults.Put), 0, faults.Before), diff.OpPublish},
		"no rename":       {faults.Lie(faults.On(key("Bart", 21).String(), faults.Rename), 0, faults.Before), diff.OpPublish},
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

// TestRun_fileThatDidNotArriveIsSentAgain: the listing before the publish finds a small
// file that a server has acknowledged and does not hold, or not whole.
func TestRun_fileThatDidNotArriveIsSentAgain(t *testing.T) {
	staged := dir.StagedSet(key("Bart", 21))
	for name, lose := range map[string]func(w *world){
		"empty.log":       func(w *world) { w.stores["nas"].Remove(t.Context(), staged+"/empty.log") },
		"sub/machine.vmx": func(w *world) { w.plant("nas", staged+"/sub/machine.vmx", "nam") },
	} {
		want := scene(t, chainScene)
		plan := want.plan(t)
		for times, done := range []bool{true, true, false} {
			w := scene(t, chainScene)
			script := faults.New()
			puts := 0
			script.Observe(func(c faults.Call) {
				if c.Op == faults.Put && c.Path == staged+"/"+name {
					puts++
				}
				again := puts > 1 && c.Path == staged+"/"+name
				if puts <= times && (again || c.Op == faults.Put && c.Path == staged+"/"+state.ManifestName) {
					lose(w)
				}
			})
			warned := false
			r, err := w.apply(t.Context(), plan, run{id: thisRun, script: script, events: func(e event.Event) {
				if remark, ok := e.(event.Remark); ok && remark.Warn && strings.Contains(remark.Text, name) {
					warned = true
				}
			}})
			if done {
				must(t, r, err)
				if warned != (times > 0) {
					t.Errorf("%s, lost %d times: warned: %v", name, times, warned)
				}
				if times == 0 {
					want = w
				}
				if why := unlike(want.trees(t), w.trees(t)); why != "" || puts != times+1 {
					t.Errorf("%s: %s, sent %d times", name, why, puts)
				}
				continue
			}
			if !errors.Is(err, apply.ErrPartial) || w.has(t, "nas", key("Bart", 21).String()) {
				t.Errorf("%s: lost again: got %v", name, err)
			}
			wantFailure(t, r, bart21, name)
			w.wantUntouched(t, key("Bart", 17), key("Bart", 18), key("Bart", 20))
		}
	}
}

// TestRun_tornClaimOfAWholeUpload: a claim that a server has not stored whole costs nothing
// if the upload ends, and is cleaned up with its files if it does not.
func TestRun_tornClaimOfAWholeUpload(t *testing.T) {
	w := scene(t, chainScene)
	want := w.clone()
	plan := w.plan(t)
	r, err := want.apply(t.Context(), plan, run{id: thisRun})
	must(t, r, err)
	torn := func() *faults.Fault {
		return faults.Lie(faults.On(dir.Claim(key("Bart", 21)), faults.Put), 0, faults.Middle)
	}
	crashed := w.clone()
	r, err = w.apply(t.Context(), plan, run{id: thisRun, script: faults.New(torn())})
	must(t, r, err)
	if why := unlike(want.trees(t), w.trees(t)); why != "" {
		t.Error(why)
	}
	crashed.apply(t.Context(), plan, run{id: thisRun, script: faults.New(torn(), faults.CrashOn(faults.On(dir.StagedSet(key("Bart", 21))+"/empty.log", faults.Put), 0, faults.After))})
	crashed.wantUntouched(t, key("Bart", 17), key("Bart", 18), key("Bart", 20))
	crashed.converge(t)
	if crashed.has(t, "nas", dir.Staged(key("Bart", 21))) || !crashed.has(t, "nas", key("Bart", 21).String()) {
		t.Error("something is left, or the set is not there")
	}
	crashed.wantSound(t, "after a crash")
}

func TestRun_finalNameThatIsTakenIsNotTouched(t *testing.T) {
	taken := key("Bart", 21).String()
	w, r := disturb(t, faults.On(dir.Claim(key("Bart", 21)), faults.Put), func(w *world) { w.plant("nas", taken+"/theirs", "!") })
	wantFailure(t, r, bart21, "already exists")
	if got := w.tree(t, "nas")[taken+"/theirs"]; got != "!" {
		t.Errorf("their file holds %q", got)
	}
}

func TestRun_strangerInStagingIsNotPublished(t *testing.T) {
	staged := dir.StagedSet(key("Bart", 21))
	w, r := disturb(t, faults.On(staged+"/empty.log", faults.Put), func(w *world) { w.plant("nas", staged+"/stranger", "!") })
	wantFailure(t, r, bart21, bart21+": publish")
	wantFailure(t, r, bart21, "stranger")
	if w.has(t, "nas", key("Bart", 21).String()) {
		t.Error("the set was published")
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

// interrupted applies the chain scene until just after a call.
func interrupted(t *testing.T, after faults.Match) (w *world, plan *diff.Plan, log *memLog) {
	t.Helper()
	w, log = scene(t, chainScene), &memLog{}
	plan = w.plan(t)
	w.apply(t.Context(), plan, run{id: thisRun, log: log, script: faults.New(faults.CrashOn(after, 0, faults.After))})
	return w, plan, log.clone()
}

func TestRun_wholeInStagingNeedsNoSource(t *testing.T) {
	marked := faults.On(dir.StagedSet(key("Bart", 21))+"/"+state.ManifestName, faults.Put)
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
	w, plan, log := interrupted(t, faults.On(p, faults.Put))
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
	w, plan, log := interrupted(t, faults.On(dir.StagedSet(key("Bart", 21))+"/"+state.ManifestName, faults.Put))
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
	w, plan, log := interrupted(t, faults.On(dir.StagedSet(key("Bart", 21))+"/"+state.ManifestName, faults.Put))
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

func TestRun_serverThatLosesAFileOfAPublishedSetIsFoundOut(t *testing.T) {
	w, r := disturb(t, published, func(w *world) {
		w.stores["nas"].Remove(t.Context(), key("Bart", 21).String()+"/empty.log")
	})
	wantFailure(t, r, bart21, "empty.log is missing")
	w.wantUntouched(t, key("Bart", 17), key("Bart", 18), key("Bart", 20))
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
	if o := r.Failures()[0]; !errors.Is(o.Err, source.ErrChanged) {
		t.Errorf("%v does not wrap ErrSourceChanged", o.Err)
	}
	w.wantUntouched(t, key("Bart", 17), key("Bart", 18), key("Bart", 20))
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
	wantFailure(t, r, bart21, "already exists")
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
