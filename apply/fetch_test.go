package apply_test

import (
	"context"
	"errors"
	"io"
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

const fetchScene = "a damaged copy comes from another destination"

var moe20 = key("FullMoe", 20)

func TestRun_fetchesADamagedCopyFromAnotherDestination(t *testing.T) {
	w := scene(t, fetchScene)
	plan := w.plan(t)
	if len(plan.Changes) != 1 || !plan.Changes[0].Fetches() || plan.Changes[0].Source != "usb" {
		t.Fatalf("planned %+v", plan.Changes)
	}
	before := w.tree(t, "usb")
	if _, err := w.apply(t.Context(), plan, run{id: thisRun}); err != nil {
		t.Fatal(err)
	}
	w.wantSameSet(t)
	for p, text := range before {
		if got := w.tree(t, "usb")[p]; !strings.HasPrefix(p, work) && got != text {
			t.Errorf("usb: %s is %q", p, got)
		}
	}
	if again := w.plan(t); !again.Empty() {
		t.Errorf("planned again: %+v", again.Changes)
	}
}

// wantSameSet compares the files of the set at nas with those that it had.
func (w *world) wantSameSet(t *testing.T) {
	t.Helper()
	nas := w.tree(t, "nas")
	m, err := state.ParseManifest([]byte(nas[path.Join(moe20.String(), state.ManifestName)]))
	if err != nil || m.Key != moe20 {
		t.Fatalf("its manifest is of %+v, %v", m, err)
	}
	for _, f := range m.Files {
		if text := content(moe20)[f.Path]; nas[path.Join(moe20.String(), f.Path)] != text || f.SHA256 != sha(text) {
			t.Errorf("%s is not as it was", f.Path)
		}
	}
}

// What has rotted at the other destination as well is not published, and the damaged copy
// stays: part of it may be all that is left.
func TestRun_fetchesNothingThatDoesNotMatch(t *testing.T) {
	w := scene(t, fetchScene)
	plan := w.plan(t)
	w.rot("usb", moe20)
	nas := w.tree(t, "nas")
	r, err := w.apply(t.Context(), plan, run{id: thisRun})
	if !errors.Is(err, apply.ErrPartial) {
		t.Fatalf("got %v, want ErrPartial", err)
	}
	wantFailure(t, r, "nas/FullMoe/2026-11-20-010000", "usb: disk-flat.vmdk: the copy is damaged: did not match its checksum when it was read for nas")
	w.wantAsBefore(t, nas)
	if _, found := w.record(t, "usb").Found(moe20.AsRecorded()); !found {
		t.Error("the record of usb has no finding")
	}
	if next := w.plan(t); len(next.Changes) > 0 {
		t.Errorf("planned %+v", next.Changes)
	}
}

func (w *world) wantAsBefore(t *testing.T, was tree) {
	t.Helper()
	is := w.tree(t, "nas")
	for p, text := range was {
		if strings.HasPrefix(p, moe20.String()) && is[p] != text {
			t.Errorf("nas: %s is %q, was %q", p, is[p], text)
		}
	}
	if left, there := is[path.Join(dir.StagedSet(moe20), "disk-flat.vmdk")]; there && left != content(moe20)["disk-flat.vmdk"] {
		t.Errorf("staging holds %q", left)
	}
}

// lying delivers other bytes, the first times that a file is read.
type lying struct {
	providers.Store
	file  string
	times int
}

func (l *lying) Open(ctx context.Context, p string, offset int64) (io.ReadCloser, error) {
	r, err := l.Store.Open(ctx, p, offset)
	if p != l.file || l.times == 0 || err != nil {
		return r, err
	}
	l.times--
	text, err := io.ReadAll(r)
	r.Close()
	if len(text) > 0 {
		text[0] ^= 1
	}
	return io.NopCloser(strings.NewReader(string(text))), err
}

// Stat and List show, as a disk does, that nothing was written to the files since.
func (l *lying) Stat(ctx context.Context, p string) (providers.File, error) {
	f, err := l.Store.Stat(ctx, p)
	f.ID, f.Changed = p, "never"
	return f, err
}

func (l *lying) List(ctx context.Context, p string) ([]providers.File, error) {
	all, err := l.Store.List(ctx, p)
	for i := range all {
		all[i].ID, all[i].Changed = all[i].Path, "never"
	}
	return all, err
}

// One wrong reading is nobody's damage: the next apply reads it again.
func TestRun_fetchThatWasReadWrongIsNoDamage(t *testing.T) {
	w := scene(t, fetchScene)
	plan := w.plan(t)
	nas := w.tree(t, "nas")
	r, err := w.applyFrom(t, plan, &lying{w.stores["usb"], moe20.String() + "/disk-flat.vmdk", 1})
	if !errors.Is(err, apply.ErrPartial) {
		t.Fatalf("got %v, want ErrPartial", err)
	}
	wantFailure(t, r, "nas/FullMoe/2026-11-20-010000", "disk-flat.vmdk at usb: two readings differ")
	w.wantAsBefore(t, nas)
	if rec := w.record(t, "usb"); rec != nil {
		if _, found := rec.Found(moe20.AsRecorded()); found {
			t.Error("the copy at usb is called damaged")
		}
	}
	if _, err := w.apply(t.Context(), w.plan(t), run{id: "next"}); err != nil {
		t.Fatal(err)
	}
	w.wantSameSet(t)
}

func (w *world) applyFrom(t *testing.T, plan *diff.Plan, usb providers.Store) (outcome.Result, error) {
	opts := apply.Options{Run: thisRun, Stores: map[string]providers.Store{}, Now: now, Parallelism: 1}
	for name, s := range w.stores {
		opts.Stores[name] = s
	}
	opts.Stores["usb"] = usb
	return apply.Run(t.Context(), plan, opts)
}

// A destination that is away when the plan is applied fails the change that needs it, and no
// other.
func TestRun_fetchFromWhatIsAway(t *testing.T) {
	w := scene(t, fetchScene)
	scenes["upload and deletes"](w)
	plan := w.plan(t)
	nas := w.tree(t, "nas")
	r, err := w.apply(t.Context(), plan, run{id: thisRun, missing: map[string]error{"usb": providers.ErrUnreachable}})
	if !errors.Is(err, apply.ErrPartial) {
		t.Fatalf("got %v, want ErrPartial", err)
	}
	if got := outcomes(r)["nas/FullMoe/2026-11-20-010000"]; got != outcome.StatusFailed {
		t.Errorf("it is %s", got)
	}
	if got := outcomes(r)[bart21]; got != outcome.StatusDone {
		t.Errorf("%s is %s", bart21, got)
	}
	w.wantAsBefore(t, nas)
}

// What the other destination holds is looked at again before anything is sent.
func TestRun_fetchOfWhatChangedIsStale(t *testing.T) {
	for name, change := range map[string]func(w *world){
		"a file is gone":  func(w *world) { w.stores["usb"].Remove(context.Background(), moe20.String()+"/empty.log") },
		"a file grew":     func(w *world) { w.plant("usb", moe20.String()+"/empty.log", "more") },
		"the set is gone": func(w *world) { remove(t, w.stores["usb"], moe20.String()) },
	} {
		w := scene(t, fetchScene)
		plan := w.plan(t)
		change(w)
		nas := w.tree(t, "nas")
		if _, err := w.apply(t.Context(), plan, run{id: thisRun}); !errors.Is(err, apply.ErrStale) {
			t.Errorf("%s: got %v, want ErrStale", name, err)
		}
		w.wantAsBefore(t, nas)
	}
}

// Two copies that need each other's destination, each with one session, do not wait for each
// other for ever.
func TestRun_fetchesCross(t *testing.T) {
	w := scene(t, fetchScene)
	carl := key("FullCarl", 20)
	w.local(key("FullCarl", 21))
	for _, place := range []string{"nas", "usb"} {
		for _, day := range []int{20, 21} {
			w.summed(place, key("FullCarl", day))
		}
	}
	w.foundRotten("nas", moe20)
	w.foundRotten("usb", carl)
	plan := w.plan(t)
	if len(plan.Changes) != 2 {
		t.Fatalf("planned %+v", plan.Changes)
	}
	if _, err := w.apply(t.Context(), plan, run{id: thisRun, parallelism: 4, script: faults.New()}); err != nil {
		t.Fatal(err)
	}
	w.wantSameSet(t)
	if again := w.plan(t); !again.Empty() {
		t.Errorf("planned again: %+v", again.Changes)
	}
}

// What was read wrong and could not be removed again is not gone on from.
func TestRun_fetchThatWasReadWrongIsSentAnew(t *testing.T) {
	w := scene(t, fetchScene)
	plan := w.plan(t)
	staged := path.Join(dir.StagedSet(moe20), "disk-flat.vmdk")
	opts := apply.Options{Run: thisRun, Stores: map[string]providers.Store{}, Now: now, Parallelism: 1}
	for name, s := range w.stores {
		opts.Stores[name] = s
	}
	opts.Stores["nas"] = faults.Wrap(w.stores["nas"], faults.New(faults.FailAlways(faults.On(staged, faults.Remove), errors.New("no"))))
	opts.Stores["usb"] = &lying{w.stores["usb"], moe20.String() + "/disk-flat.vmdk", 1}
	if _, err := apply.Run(t.Context(), plan, opts); !errors.Is(err, apply.ErrPartial) {
		t.Fatalf("got %v, want ErrPartial", err)
	}
	if left := w.tree(t, "nas")[staged]; left == "" || left == content(moe20)["disk-flat.vmdk"] {
		t.Fatalf("staging holds %q", left)
	}
	opts.Stores["nas"] = w.stores["nas"]
	if _, err := apply.Run(t.Context(), plan, opts); err != nil {
		t.Fatal(err)
	}
	w.wantSameSet(t)
}
