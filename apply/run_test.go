package apply_test

import (
	"context"
	"errors"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/vmxsync/vmxsync/apply"
	"github.com/vmxsync/vmxsync/apply/event"
	"github.com/vmxsync/vmxsync/apply/outcome"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/faults"
	"github.com/vmxsync/vmxsync/providers/mem"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
	"github.com/vmxsync/vmxsync/state/read"
)

const chainScene = "upload and deletes" // Bart: 21 comes, 17 and 18 go, 20 stays

// outcomes is what became of each change, by address.
func outcomes(r outcome.Result) map[string]outcome.Status {
	all := map[string]outcome.Status{}
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

func wantFailure(t *testing.T, r outcome.Result, address, text string) {
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
		want := outcome.StatusDone
		switch address {
		case "nas/Bart/2026-11-21-010000":
			want = outcome.StatusFailed
		case "nas/Bart/2026-11-17-010000", "nas/Bart/2026-11-18-010000":
			want = outcome.StatusCancelled
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

const (
	bart21 = "nas/Bart/2026-11-21-010000"
	bart17 = "nas/Bart/2026-11-17-010000"
)

// published matches when the new set has just got its name.
var published = faults.On(key("Bart", 21).String(), faults.Rename)

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

func TestRun_cancelledGoesOnLater(t *testing.T) {
	undisturbed := scene(t, "")
	plan := undisturbed.plan(t)
	w, log := undisturbed.clone(), &memLog{}
	r, err := undisturbed.apply(t.Context(), plan, run{id: thisRun})
	must(t, r, err)
	for n := 1; ; n++ {
		ctx, cancel := context.WithCancel(t.Context())
		steps := 0
		_, err := w.apply(ctx, plan, run{id: thisRun, log: log, events: func(e event.Event) {
			if _, ok := e.(event.StepDone); ok {
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
	r, err := w.apply(ctx, plan, run{id: thisRun, events: func(e event.Event) {
		if _, ok := e.(event.Progress); ok {
			cancel()
		}
	}})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v, want Canceled", err)
	}
	for address, got := range outcomes(r) {
		if got != outcome.StatusPending {
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
	const elsewhere = "Lisa/2026-11-20-010000"
	for name, edit := range map[string]func(p *diff.Plan){
		"upload":         func(p *diff.Plan) { changeOf(p, diff.Create).Path = elsewhere },
		"source":         func(p *diff.Plan) { changeOf(p, diff.Create).From = elsewhere },
		"file":           func(p *diff.Plan) { changeOf(p, diff.Create).Files[0].Path = "../readme.txt" },
		"absolute":       func(p *diff.Plan) { changeOf(p, diff.Create).Files[0].Path = "/readme.txt" },
		"manifest":       func(p *diff.Plan) { changeOf(p, diff.Create).Files[0].Path = state.ManifestName },
		"delete":         func(p *diff.Plan) { changeOf(p, diff.Delete).Path = elsewhere },
		"staged delete":  func(p *diff.Plan) { changeOf(p, diff.Delete).Path = dir.Staged(key("Bart", 17)) },
		"unseen group":   func(p *diff.Plan) { p.Places[1].Observed = nil },
		"VM":             func(p *diff.Plan) { changeOf(p, diff.Delete).Address = "nas/../2026-11-17-010000" },
		"place":          func(p *diff.Plan) { changeOf(p, diff.Create).Address = "vms/Bart/2026-11-21-010000" },
		"mode":           func(p *diff.Plan) { changeOf(p, diff.Create).Mode = "guess" },
		"work folder":    func(p *diff.Plan) { p.Places[1].WorkDir = ".." },
		"owner":          func(p *diff.Plan) { p.Places[1].Own, p.Places[1].Disown = true, []state.WorkDir{elsewhere} },
		"cleanup":        func(p *diff.Plan) { p.Cleanups = append(p.Cleanups, cleanupOf(elsewhere)) },
		"all of staging": func(p *diff.Plan) { p.Cleanups = append(p.Cleanups, cleanupOf(dir.Staging())) },
		"another VM's":   func(p *diff.Plan) { p.Cleanups = append(p.Cleanups, cleanupOf(dir.Staged(key("Lisa", 20)))) },
	} {
		w := scene(t, "")
		plan := w.plan(t)
		edit(plan)
		before := w.trees(t)
		if _, err := w.apply(t.Context(), plan, run{id: thisRun}); err == nil {
			t.Errorf("%s went elsewhere", name)
		}
		if why := unlike(before, w.trees(t)); why != "" {
			t.Errorf("%s: %s", name, why)
		}
	}
}

// changeOf is the first change with that action at nas, of a plan that has one.
func changeOf(p *diff.Plan, a diff.Action) *diff.Change {
	i := slices.IndexFunc(p.Changes, func(c diff.Change) bool { return c.Action == a && strings.HasPrefix(c.Address, "nas/") })
	return &p.Changes[i]
}

// cleanupOf is a cleanup of a folder in staging that claims to be Bart's.
func cleanupOf(folder string) diff.Cleanup {
	return diff.Cleanup{Place: "nas", Kind: diff.StagingCleanup, Path: folder, VM: "Bart"}
}

func TestRun_messagesAreEscaped(t *testing.T) {
	trash := dir.Deleted(key("Bart", 17), thisRun)
	evil := path.Join(trash, "\x1b[2Jgone")
	_, r := disturb(t, faults.On(trash, faults.Rename), func(w *world) {
		w.plant("nas", evil, "!")
		w.plant("nas", path.Join(trash, "precious"), "!")
	})
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
	var last event.Event
	sent, done, began, announced := map[string]int64{}, map[string]bool{}, 0, int64(0)
	unsent := content(key("Bart", 21))
	r, err := w.apply(t.Context(), plan, run{id: thisRun, events: func(e event.Event) {
		switch e := e.(type) {
		case event.Started:
			began++
			announced = e.Bytes
		case event.ChangeStarted:
			if e.Sends {
				announced -= e.Bytes
			}
		case event.Progress:
			sent[e.Path] = e.Sent
		case event.StepDone:
			if e.Path != "" && sent[e.Path] != e.Bytes {
				t.Errorf("%s is done at %d of %d", e.Path, sent[e.Path], e.Bytes)
			}
			delete(unsent, e.Path)
		case event.ChangeDone:
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
	if announced != 0 || len(unsent) > 0 {
		t.Errorf("%d of the bytes announced belong to no change; no step was done for %v", announced, slices.Sorted(maps.Keys(unsent)))
	}
	if _, ok := last.(event.Finished); !ok || began != 1 || len(done) != len(plan.Changes) {
		t.Errorf("last %T, %d begins, done %v", last, began, slices.Sorted(maps.Keys(done)))
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

// A root is taken over from the owner that the plan saw, whatever call the
// apply dies at.
func TestRun_takesARootOverFromTheOwnerOfThePlan(t *testing.T) {
	start := newWorld(t, 2)
	start.plant("nas", work+"/owner", "predecessor\n")
	start.local(key("Bart", 21))
	plan, err := diff.Compute(diff.Input{Spec: start.spec, Inventories: start.read(t.Context()), Now: now(), Options: diff.Options{TakeOver: true}})
	if err != nil {
		t.Fatal(err)
	}
	undisturbed := start.clone()
	x := trial{start: start, plan: plan, calls: undisturbed.finish(t, plan, &memLog{}), end: undisturbed.trees(t), tried: &sync.Map{}}
	if got := x.end["nas"][work+"/owner"]; got != "office\n" {
		t.Errorf("the owner is %q, want office", got)
	}
	for i := range x.calls {
		for _, when := range whens(x.calls[i]) {
			x.crashOnce(t, i, when, append(x.ways()[:2], way{"owned at any time", false, x.ownedAtAnyTime}))
		}
	}
	other := start.clone()
	other.plant("nas", work+"/owner", "third\n")
	if _, err := other.apply(t.Context(), plan, run{id: thisRun}); !errors.Is(err, apply.ErrStale) {
		t.Errorf("got %v, want ErrStale: it belongs to a third by now", err)
	}
}

// ownedAtAnyTime proves that a take-over which died lets no third configuration
// use the root for the first time, and that its own goes on to the end.
func (x trial) ownedAtAnyTime(t *testing.T, w *world, _ *memLog, what string) {
	t.Helper()
	third := *w.spec
	third.Name = "third"
	_, err := diff.Compute(diff.Input{Spec: &third, Inventories: w.read(t.Context()), Now: now()})
	if !errors.Is(err, diff.ErrOwner) {
		t.Errorf("%s: the root is free for any: %v", what, err)
	}
	if owner := w.read(t.Context())["nas"].Owner; owner == "office" {
		w.converge(t)
	} else if owner != "predecessor" {
		t.Errorf("%s: the owner is %q", what, owner)
	} else {
		w.take(t, w.spec)
		w.converge(t)
	}
	if got := w.tree(t, "nas"); got[work+"/owner"] != "office\n" || got[work+"/owner.new"] != "" {
		t.Errorf("%s, then fresh plans: the owner is %q, and beside it %q", what, got[work+"/owner"], got[work+"/owner.new"])
	}
}

// take applies a plan that takes the root over.
func (w *world) take(t *testing.T, spec *config.Spec) {
	t.Helper()
	plan, err := diff.Compute(diff.Input{Spec: spec, Inventories: w.read(t.Context()), Now: now(), Options: diff.Options{TakeOver: true}})
	must0(t, err)
	r, err := w.apply(t.Context(), plan, run{id: nextRun})
	must(t, r, err)
}

// A root whose owner died between two names of its file is taken over from it.
func TestRun_takesARootOverFromOneWhoDied(t *testing.T) {
	for name, text := range map[string]string{"whole": "predecessor\n", "torn": "prede"} {
		w := newWorld(t, 2)
		w.plant("nas", work+"/owner.new", text)
		w.local(key("Bart", 21))
		if want := map[string]string{"whole": "predecessor", "torn": ""}[name]; w.read(t.Context())["nas"].Owner != want {
			t.Errorf("%s: the owner is %q, want %q", name, w.read(t.Context())["nas"].Owner, want)
		}
		script := faults.New()
		script.Observe(func(c faults.Call) {
			if owner, err := read.Owner(t.Context(), w.stores["nas"].Clone(), work); err != nil || name == "whole" && owner == "" {
				t.Errorf("%s: after %s the root is nobody's: %v", name, c, err)
			}
		})
		plan, err := diff.Compute(diff.Input{Spec: w.spec, Inventories: w.read(t.Context()), Now: now(), Options: diff.Options{TakeOver: true}})
		must0(t, err)
		r, err := w.apply(t.Context(), plan, run{id: thisRun, script: script})
		must(t, r, err)
		if got := w.tree(t, "nas"); got[work+"/owner"] != "office\n" || got[work+"/owner.new"] != "" {
			t.Errorf("%s: the owner is %q, and beside it %q", name, got[work+"/owner"], got[work+"/owner.new"])
		}
	}
}

// The source is only read, but where prune_source asks for more.
func TestRun_sourceIsOnlyRead(t *testing.T) {
	for name := range scenes {
		if name == "prune the source" {
			continue
		}
		for _, publish := range []string{"rename", "in place"} {
			w := scene(t, name)
			if publish == "in place" {
				w.publishInPlace()
			}
			plan, script := w.plan(t), faults.New()
			stores := map[string]providers.Store{"vms": faults.Wrap(w.stores["vms"], script), "nas": w.stores["nas"], "usb": w.stores["usb"]}
			if _, err := apply.Run(t.Context(), plan, apply.Options{Run: thisRun, Stores: stores, Now: now}); err != nil && !errors.Is(err, apply.ErrApplied) {
				t.Fatalf("%s, %s: %v", name, publish, err)
			}
			for _, c := range script.Calls() {
				if c.Op != faults.List && c.Op != faults.Stat && c.Op != faults.Open {
					t.Errorf("%s, %s: %s at the source", name, publish, c)
				}
			}
		}
	}
}
