package apply_test

import (
	"context"
	"os"
	"path"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/apply"
	"github.com/vmxsync/vmxsync/apply/event"
	"github.com/vmxsync/vmxsync/apply/outcome"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/faults"
	"github.com/vmxsync/vmxsync/state"
)

const flat = "disk-flat.vmdk"

// cutUpload is a world whose upload of Bart's disk was cut in the middle, and
// the plan and journal of that run.
func cutUpload(t *testing.T) (*world, *diff.Plan, *memLog) {
	t.Helper()
	w := scene(t, chainScene)
	plan, log := w.plan(t), &memLog{}
	w.crash(t, plan, log, faults.CrashOn(faults.On(dir.StagedSet(key("Bart", 21))+"/"+flat, faults.Put), 0, faults.Middle))
	return w, plan, log.clone()
}

func TestRun_sendsOnlyTheRestOfAFileThatWasCut(t *testing.T) {
	disk := int64(len(content(key("Bart", 21))[flat]))
	for name, again := range map[string]func(t *testing.T, w *world, plan *diff.Plan, log *memLog) outcome.Result{
		"the same plan": func(t *testing.T, w *world, plan *diff.Plan, log *memLog) outcome.Result {
			r, err := w.apply(t.Context(), plan, run{id: thisRun, log: log})
			must(t, r, err)
			return r
		},
		"without its journal": func(t *testing.T, w *world, plan *diff.Plan, _ *memLog) outcome.Result {
			r, err := w.apply(t.Context(), plan, run{id: thisRun})
			must(t, r, err)
			return r
		},
		"a fresh plan": func(t *testing.T, w *world, _ *diff.Plan, _ *memLog) outcome.Result {
			r, err := w.apply(t.Context(), w.plan(t), run{id: nextRun})
			must(t, r, err)
			return r
		},
	} {
		t.Run(name, func(t *testing.T) {
			w, plan, log := cutUpload(t)
			all := plan.Changes[0].Bytes
			if got, want := again(t, w, plan, log).Uploaded, all-disk/2; got != want {
				t.Errorf("%d bytes were sent, want %d", got, want)
			}
			if got := w.tree(t, "nas")[path.Join(key("Bart", 21).String(), flat)]; got != content(key("Bart", 21))[flat] {
				t.Errorf("the disk holds %.80q", got)
			}
		})
	}
}

// TestRun_uploadThatBeginsAgainForgetsWhatItFound: the staged folder, where something foreign
// lies beside files that were sent, is gone when the claim is about to clear it.
func TestRun_uploadThatBeginsAgainForgetsWhatItFound(t *testing.T) {
	w := scene(t, chainScene)
	plan, log, staged := w.plan(t), &memLog{}, dir.Staged(key("Bart", 21))
	w.crash(t, plan, log, faults.CrashOn(faults.On(path.Join(dir.StagedSet(key("Bart", 21)), state.ManifestName), faults.Put), 0, faults.Before))
	w.plant("nas", dir.StagedSet(key("Bart", 21))+"/foreign.txt", "foreign")
	script, gone := faults.New(), false
	script.Observe(func(c faults.Call) {
		if !gone && c.Op == faults.MakeDir && c.Path == staged {
			gone = true
			remove(t, w.stores["nas"], staged)
		}
	})
	var warned []string
	r, err := w.apply(t.Context(), plan, run{id: thisRun, log: log.clone(), script: script, events: func(e event.Event) {
		if remark, ok := e.(event.Remark); ok && remark.Warn {
			warned = append(warned, remark.Text)
		}
	}})
	must(t, r, err)
	if !gone || len(warned) > 0 {
		t.Errorf("the folder vanished: %v; warned %q, want no file to be missed", gone, warned)
	}
	if want := plan.Changes[0].Bytes; r.Uploaded != want {
		t.Errorf("%d bytes were sent, want %d", r.Uploaded, want)
	}
}

// TestRun_powerFailsWhileAFileIsSentAgain: an earlier run has recorded a file as done, which
// is gone since. The server reserves the space of what is sent to it, so that a part has the
// size of the whole.
func TestRun_powerFailsWhileAFileIsSentAgain(t *testing.T) {
	w := scene(t, chainScene)
	plan, log, set := w.plan(t), &memLog{}, dir.StagedSet(key("Bart", 21))
	w.crash(t, plan, log, faults.CrashOn(faults.On(path.Join(set, state.ManifestName), faults.Put), 0, faults.Before))
	log = log.clone()
	log.synced = len(log.data) // as whoever opens a journal makes it
	must0(t, w.stores["nas"].Remove(t.Context(), path.Join(set, flat)))
	w.crash(t, plan, log, faults.CrashOn(faults.On(path.Join(set, flat), faults.Put), 0, faults.Middle))
	want := content(key("Bart", 21))[flat]
	w.plant("nas", path.Join(set, flat), want[:len(want)/2]+strings.Repeat("\x00", len(want)-len(want)/2))
	r, err := w.apply(t.Context(), plan, run{id: thisRun, log: log.afterPowerLoss()})
	must(t, r, err)
	if got := w.tree(t, "nas")[path.Join(key("Bart", 21).String(), flat)]; got != want {
		t.Errorf("the disk was published with %q, want %q", got, want)
	}
}

func TestRun_progressTellsWhatWasThere(t *testing.T) {
	w, plan, log := cutUpload(t)
	var last event.Progress
	r, err := w.apply(t.Context(), plan, run{id: thisRun, log: log, events: func(e event.Event) {
		if p, ok := e.(event.Progress); ok && p.Path == flat {
			last = p
		}
	}})
	must(t, r, err)
	if size := int64(len(content(key("Bart", 21))[flat])); last.Sent != size || last.Kept != size/2 {
		t.Errorf("%d sent, %d of it there before; want %d, %d", last.Sent, last.Kept, size, size/2)
	}
}

func TestRun_neverSplicesOtherContent(t *testing.T) {
	w, plan, log := cutUpload(t)
	text := strings.Repeat("o", len(content(key("Bart", 21))[flat]))
	w.plant("vms", path.Join(key("Bart", 21).String(), flat), text) // same size, same time
	r, err := w.apply(t.Context(), plan, run{id: thisRun, log: log})
	must(t, r, err)
	if got := w.tree(t, "nas")[path.Join(key("Bart", 21).String(), flat)]; got != text {
		t.Errorf("the disk holds %.80q", got)
	}
}

// TestRun_sendsADoneFileAgainThatWasRewritten: its size and time are the same, and the
// disk does not tell when it changed.
func TestRun_sendsADoneFileAgainThatWasRewritten(t *testing.T) {
	w := scene(t, chainScene)
	plan, log, set := w.plan(t), &memLog{}, key("Bart", 21)
	w.crash(t, plan, log, faults.CrashOn(faults.On(path.Join(dir.StagedSet(set), state.ManifestName), faults.Put), 0, faults.Before))
	text := strings.Repeat("o", len(content(set)[flat]))
	w.plant("vms", path.Join(set.String(), flat), text)
	r, err := w.apply(t.Context(), plan, run{id: thisRun, log: log.clone()})
	must(t, r, err)
	if got := w.tree(t, "nas")[path.Join(set.String(), flat)]; got != text {
		t.Errorf("the disk was published with %.80q", got)
	}
	if want := int64(len(text)); r.Uploaded != want {
		t.Errorf("%d bytes were sent, want the %d of the one file", r.Uploaded, want)
	}
}

// TestRun_startsAgainWhereTheLocalFileIsAnother: its size and time are the
// same, and so is its beginning, but it is another file.
func TestRun_startsAgainWhereTheLocalFileIsAnother(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("files have no id there, by which two of one size and time are told apart")
	}
	x := newTrial(t, scene(t, chainScene))
	d := onDisk(t, x.start)
	staged := dir.StagedSet(key("Bart", 21)) + "/" + flat
	script := faults.New(faults.CrashOn(faults.On(staged, faults.Put), 0, faults.Middle))
	d.apply(t, x, script)
	must0(t, script.AllHit())
	local := d.path("vms", path.Join(key("Bart", 21).String(), flat))
	text, err := os.ReadFile(local)
	must0(t, err)
	must0(t, os.Rename(local, local+".old"))
	must0(t, os.WriteFile(local, text, 0o644))
	must0(t, os.Remove(local+".old"))
	must0(t, os.Chtimes(local, yesterday(), yesterday()))
	count := faults.New()
	must0(t, d.apply(t, x, count))
	for _, c := range count.Calls() {
		if c.Op == faults.Put && c.Path == dir.Claim(key("Bart", 21)) {
			return
		}
	}
	t.Error("the claim of the other file was taken for that of this one")
}

// lingering is a store on which an upload that was given up goes on.
type lingering struct {
	providers.Store
	lost time.Time
}

func (s lingering) Unwrap() providers.Store    { return s.Store }
func (s lingering) GracePeriod() time.Duration { return time.Minute }

func (s lingering) Lost(below string) time.Time {
	if below == dir.StagedSet(key("Bart", 21)) || below == key("Bart", 21).String() {
		return s.lost
	}
	return time.Time{}
}

// applyLingering applies on such a store; passing happens in each wait.
func (w *world) applyLingering(t *testing.T, plan *diff.Plan, lost time.Time, passing func()) (waits []time.Duration, r outcome.Result, err error) {
	t.Helper()
	opts := apply.Options{
		Run: thisRun, Stores: map[string]providers.Store{}, Parallelism: 1, Now: now,
		Wait: func(_ context.Context, d time.Duration) error {
			waits = append(waits, d)
			passing()
			return nil
		},
	}
	for name, s := range w.stores {
		opts.Stores[name] = lingering{s, lost}
	}
	r, err = apply.Run(t.Context(), plan, opts)
	return waits, r, err
}

func TestRun_waitsUntilALostUploadCanWriteNoMore(t *testing.T) {
	for name, c := range map[string]struct {
		lost time.Time
		want []time.Duration
	}{
		"never":       {time.Time{}, nil},
		"just now":    {now(), []time.Duration{time.Minute}},
		"some time":   {now().Add(-20 * time.Second), []time.Duration{40 * time.Second}},
		"long enough": {now().Add(-time.Minute), nil},
	} {
		t.Run(name, func(t *testing.T) {
			w := scene(t, chainScene)
			waits, r, err := w.applyLingering(t, w.plan(t), c.lost, func() {})
			must(t, r, err)
			if len(waits) != len(c.want) || len(waits) == 1 && waits[0] != c.want[0] {
				t.Errorf("waited %v, want %v", waits, c.want)
			}
		})
	}
	t.Run("by a run that was killed", func(t *testing.T) {
		w, plan, _ := cutUpload(t)
		waits, r, err := w.applyLingering(t, plan, time.Time{}, func() {})
		must(t, r, err)
		if len(waits) != 1 || waits[0] != time.Minute {
			t.Errorf("waited %v, want a minute from the first listing on", waits)
		}
	})
}

func TestRun_doesNotPublishAFileThatALostUploadMadeLonger(t *testing.T) {
	w := scene(t, chainScene)
	staged := dir.StagedSet(key("Bart", 21))
	_, r, err := w.applyLingering(t, w.plan(t), now(), func() {
		w.plant("nas", staged+"/"+flat, content(key("Bart", 21))[flat]+"and more")
	})
	if err == nil {
		t.Error("no error")
	}
	wantFailure(t, r, bart21, flat)
	if w.has(t, "nas", key("Bart", 21).String()) {
		t.Error("the set was published")
	}
	w.wantUntouched(t, key("Bart", 17), key("Bart", 18), key("Bart", 20))
}

// verifying is a store that proves content by reading it back.
type verifying struct{ providers.Store }

func (s verifying) Unwrap() providers.Store { return s.Store }
func (s verifying) Verification() string    { return providers.VerifyReadback }

func (s verifying) Verify(ctx context.Context, p string, body providers.Body, sum string) error {
	r, err := s.Open(ctx, p, 0)
	if err != nil {
		return err
	}
	defer r.Close()
	if same, err := providers.Begins(ctx, body, r); err != nil || !same {
		return providers.ErrMismatch
	}
	return nil
}

// corrupting keeps other bytes than it is sent of one file.
type corrupting struct {
	verifying
	w *world
}

func (s corrupting) Unwrap() providers.Store { return s.verifying }

func (s corrupting) Put(ctx context.Context, p string, b providers.Body) error {
	err := s.Store.Put(ctx, p, b)
	if path.Base(p) == flat {
		s.w.plant("nas", p, strings.Repeat("?", int(b.Size())))
	}
	return err
}

func (s corrupting) Resume(ctx context.Context, p string, b providers.Body) (int64, error) {
	return 0, s.Put(ctx, p, b)
}

func TestRun_mismatchDeletesNothingAndNamesTheFile(t *testing.T) {
	w := scene(t, chainScene)
	opts := apply.Options{Run: thisRun, Stores: map[string]providers.Store{}, Now: now}
	for name, s := range w.stores {
		opts.Stores[name] = s
	}
	opts.Stores["nas"] = corrupting{verifying{w.stores["nas"]}, w}
	r, err := apply.Run(t.Context(), w.plan(t), opts)
	if err == nil {
		t.Fatal("no error")
	}
	wantFailure(t, r, bart21, flat+": "+providers.ErrMismatch.Error())
	if w.has(t, "nas", dir.StagedSet(key("Bart", 21))+"/"+flat) {
		t.Error("what differs is still in staging")
	}
	w.wantUntouched(t, key("Bart", 17), key("Bart", 18), key("Bart", 20))
}

func TestRun_manifestSaysHowFilesWereVerified(t *testing.T) {
	w := scene(t, chainScene)
	opts := apply.Options{Run: thisRun, Stores: map[string]providers.Store{}, Now: now}
	for name, s := range w.stores {
		opts.Stores[name] = verifying{s}
	}
	r, err := apply.Run(t.Context(), w.plan(t), opts)
	must(t, r, err)
	m, err := state.ParseManifest([]byte(slurp(t, w.stores["nas"], key("Bart", 21).String()+"/"+state.ManifestName)))
	if err != nil || m.Verified != providers.VerifyReadback {
		t.Errorf("got %+v, %v", m, err)
	}
}

// A run that was interrupted in its wait has left a set that is whole: the next
// one waits as well, whether it goes on or plans afresh.
func TestRun_waitsAlsoForWhatAnEarlierRunHasStaged(t *testing.T) {
	for name, fresh := range map[string]bool{"the same plan": false, "a fresh plan": true} {
		t.Run(name, func(t *testing.T) {
			w := scene(t, chainScene)
			plan := w.plan(t)
			log := &memLog{script: faults.New(faults.CrashOn(faults.On(key("Bart", 21).String(), faults.Rename), 0, faults.Before))}
			if _, err := w.apply(t.Context(), plan, run{id: thisRun, log: log, script: log.script}); err == nil {
				t.Fatal("no crash before the set was published")
			}
			if fresh {
				plan = w.plan(t)
			}
			waits, r, err := w.applyLingering(t, plan, time.Time{}, func() {})
			must(t, r, err)
			if len(waits) != 1 || waits[0] != time.Minute {
				t.Errorf("waited %v, want a minute from the first listing on", waits)
			}
		})
	}
}
