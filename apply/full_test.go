package apply_test

import (
	"context"
	"errors"
	"io"
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
)

// small is a store that holds so many bytes, and keeps what fits of a file.
type small struct {
	*mem.Store
	size int64
}

func (s small) Put(ctx context.Context, p string, b providers.Body) error {
	used, err := s.used(ctx, ".", p)
	if err != nil {
		return err
	}
	if room := s.size - used; b.Size() > room {
		return errors.Join(s.Store.Put(ctx, p, cut{b, room}), providers.ErrFull)
	}
	return s.Store.Put(ctx, p, b)
}

// Resume sends from the beginning, which is what the place has room for.
func (s small) Resume(ctx context.Context, p string, b providers.Body) (int64, error) {
	return 0, s.Put(ctx, p, b)
}

// used adds up all files but one.
func (s small) used(ctx context.Context, dir, but string) (n int64, err error) {
	entries, err := s.List(ctx, dir)
	for _, e := range entries {
		switch {
		case e.Kind == providers.Dir:
			below, err := s.used(ctx, e.Path, but)
			if n += below; err != nil {
				return n, err
			}
		case e.Path != but:
			n += e.Size
		}
	}
	return n, err
}

// cut is the beginning of a body.
type cut struct {
	providers.Body
	size int64
}

func (c cut) Size() int64 { return c.size }

func (c cut) Open(offset int64) (io.ReadCloser, error) {
	r, err := c.Body.Open(offset)
	if err != nil {
		return nil, err
	}
	return struct {
		io.Reader
		io.Closer
	}{io.LimitReader(r, c.size-offset), r}, nil
}

// big is a set that is larger than what crowded leaves.
var big, fitting = key("Apu", 21), key("Bart", 21)

// crowded has two sets to send, the one that does not fit first.
func crowded(t *testing.T) *world {
	w := newWorld(t, 2)
	w.owned("nas")
	w.plant("vms", big.String()+"/disk-flat.vmdk", string(make([]byte, 100_000)))
	w.local(fitting)
	return w
}

func (w *world) applySmall(t *testing.T, plan *diff.Plan, id string) (outcome.Result, error) {
	stores := map[string]providers.Store{"vms": w.stores["vms"], "usb": w.stores["usb"], "nas": small{w.stores["nas"], 20_000}}
	return apply.Run(t.Context(), plan, apply.Options{Run: id, Stores: stores, Now: now})
}

// wantFull proves that the large set failed, and why.
func wantFull(t *testing.T, r outcome.Result, err error) {
	t.Helper()
	if !errors.Is(err, apply.ErrPartial) {
		t.Fatalf("got %v, want ErrPartial", err)
	}
	wantFailure(t, r, "nas/"+big.String(), providers.ErrFull.Error())
	for _, o := range r.Failures() {
		if !errors.Is(o.Err, providers.ErrFull) || providers.Hint(o.Err) == "" {
			t.Errorf("%s: %v, hint %q, want ErrFull with a way out", o.Address, o.Err, providers.Hint(o.Err))
		}
	}
}

func TestRun_fullPlaceIsLeftToWhatFits(t *testing.T) {
	w := crowded(t)
	w.plant("nas", dir.Staging()+"/Moe~2026-11-20-010000/set/disk", "of another")
	plan := w.plan(t)
	plan.Cleanups = nil
	r, err := w.applySmall(t, plan, thisRun)
	wantFull(t, r, err)
	if got := outcomes(r)["nas/"+fitting.String()]; got != outcome.StatusDone {
		t.Errorf("the set that fits is %s, want done", got)
	}
	if w.has(t, "nas", dir.Staged(big)) {
		t.Error("the part of the set that does not fit was left")
	}
	if !w.has(t, "nas", dir.Staging()+"/Moe~2026-11-20-010000/set/disk") {
		t.Error("what another upload had staged was removed")
	}
}

// Of two small sets, one may fit, and neither where both are sent at once.
func TestRun_fullPlaceIsTriedByOneSetAfterTheOther(t *testing.T) {
	w, _ := threeSets(t)
	w.plant("vms", key("Bart", 21).String()+"/disk-flat.vmdk", string(make([]byte, 100_000)))
	stores := map[string]providers.Store{"vms": w.stores["vms"], "usb": w.stores["usb"], "nas": small{w.stores["nas"], 20_000}}
	sending, most := 0, 0
	events := func(e event.Event) { // one call at a time
		switch e.(type) {
		case event.ChangeStarted:
			sending++
			most = max(most, sending)
		case event.ChangeDone, event.Failed:
			sending--
		}
	}
	r, err := apply.Run(t.Context(), w.plan(t), apply.Options{Run: thisRun, Stores: stores, Events: events, Now: now})
	if !errors.Is(err, apply.ErrPartial) {
		t.Fatalf("got %v, want ErrPartial", err)
	}
	for _, day := range []int{19, 20} {
		if got := outcomes(r)["nas/"+key("Bart", day).String()]; got != outcome.StatusDone {
			t.Errorf("the set of day %d, which fits, is %s, want done", day, got)
		}
	}
	if most != 1 {
		t.Errorf("%d sets were sent at once, want 1", most)
	}
}

func TestRun_fullPlaceKeepsThePartThatNothingWaitsFor(t *testing.T) {
	w := crowded(t)
	remove(t, w.stores["vms"], "Bart")
	r, err := w.applySmall(t, w.plan(t), thisRun)
	wantFull(t, r, err)
	if !w.has(t, "nas", dir.StagedSet(big)+"/disk-flat.vmdk") {
		t.Error("the part is gone, and no other upload waits")
	}
}

func TestRun_fullPlaceLeavesWhatIsNotItsOwn(t *testing.T) {
	w := crowded(t)
	plan := w.plan(t)
	theirs := dir.StagedSet(big) + "/precious"
	stores := map[string]providers.Store{"vms": w.stores["vms"], "usb": w.stores["usb"], "nas": small{w.stores["nas"], 20_000}}
	r, err := apply.Run(t.Context(), plan, apply.Options{Run: thisRun, Stores: stores, Now: now, Events: func(e event.Event) {
		if done, ok := e.(event.StepDone); ok && done.Op == diff.OpClaim {
			w.plant("nas", theirs, "!")
		}
	}})
	wantFull(t, r, err)
	wantFailure(t, r, "nas/"+big.String(), "precious")
	if !w.has(t, "nas", theirs) || w.has(t, "nas", dir.StagedSet(big)+"/disk-flat.vmdk") {
		t.Error("the part was left, or what is not ours was removed")
	}
}

// TestRun_leftPartMakesRoomForALaterRun has the part of an earlier run fill the
// place, so that nothing fits before it is given up.
func TestRun_leftPartMakesRoomForALaterRun(t *testing.T) {
	w := crowded(t)
	remove(t, w.stores["vms"], "Bart")
	r, err := w.applySmall(t, w.plan(t), thisRun)
	wantFull(t, r, err)
	abe := key("Abe", 21) // comes before the large one
	w.local(abe)
	w.applySmall(t, w.plan(t), nextRun)
	w.applySmall(t, w.plan(t), "20261122T140000Z-dddddddddddd")
	if !w.has(t, "nas", abe.String()+"/"+state.ManifestName) {
		t.Error("the set that fits was never sent")
	}
}

// With the old set, nas cannot hold the new one.
func TestRun_deletesFirstWhereBothDoNotFit(t *testing.T) {
	for order, want := range map[config.Order]outcome.Status{config.UploadFirst: outcome.StatusFailed, config.DeleteFirst: outcome.StatusDone} {
		w := newWorld(t, 2)
		w.owned("nas")
		w.spec.Backups[2].Copies[0].Order = order
		for _, day := range []int{19, 20} {
			w.complete("nas", key("Tight", day).String(), key("Tight", day))
		}
		w.plant("nas", key("Tight", 19).String()+"/Thumbs.db", string(make([]byte, 15_000)))
		w.plant("vms", key("Tight", 21).String()+"/disk-flat.vmdk", string(make([]byte, 10_000)))
		r, _ := w.applySmall(t, w.plan(t), thisRun)
		if got := outcomes(r)["nas/"+key("Tight", 21).String()]; got != want {
			t.Errorf("order %q: the upload is %s, want %s", order, got, want)
		}
	}
}

// A delete that fails is no reason to send nothing: there may be room enough.
func TestRun_uploadsThoughRoomCouldNotBeMade(t *testing.T) {
	w := scene(t, "deletes first")
	plan := w.plan(t)
	w.stores["nas"].Remove(t.Context(), key("Tight", 18).String()+"/"+state.ManifestName)
	for i, o := range plan.Places[1].Observed[0].Sets { // as if it had been so before
		if o.Name == key("Tight", 18).Stamp {
			plan.Places[1].Observed[0].Sets[i].State = state.Unmarked
		}
	}
	r, err := w.apply(t.Context(), plan, run{id: thisRun})
	if !errors.Is(err, apply.ErrPartial) {
		t.Fatalf("got %v, want ErrPartial", err)
	}
	wantFailure(t, r, "nas/"+key("Tight", 16).String(), "must be kept, is unmarked")
	got := outcomes(r)
	if got["nas/"+key("Tight", 21).String()] != outcome.StatusDone || got["nas/"+key("Tight", 20).String()] != outcome.StatusDone {
		t.Errorf("uploads: %v, want both done", got)
	}
	for _, day := range []int{17, 18} {
		if s := got["nas/"+key("Tight", day).String()]; s != outcome.StatusCancelled {
			t.Errorf("the delete of %d is %s, want cancelled", day, s)
		}
	}
	w.wantUntouched(t, key("Tight", 16), key("Tight", 17))
}

// tiny knows how much it still holds.
type tiny struct {
	small
	free int64
}

func (s tiny) FreeBytes(context.Context) (int64, error) { return s.free, nil }

func TestRun_saysBeforeItBeginsWhereRoomIsShort(t *testing.T) {
	for free, want := range map[int64]int{110_000: 0, 50_000: 1} {
		w := crowded(t)
		var scarce []event.Scarce
		sent := false
		events := func(e event.Event) {
			switch e := e.(type) {
			case event.Scarce:
				scarce = append(scarce, e)
			case event.ChangeStarted:
				sent = sent || e.Action != 0 && len(scarce) < want
			}
		}
		stores := map[string]providers.Store{"vms": w.stores["vms"], "usb": w.stores["usb"], "nas": tiny{small{w.stores["nas"], 20_000}, free}}
		apply.Run(t.Context(), w.plan(t), apply.Options{Run: thisRun, Stores: stores, Now: now, Events: events})
		if len(scarce) != want || sent {
			t.Errorf("%d bytes free: told %+v, want %d, and before anything is sent", free, scarce, want)
		}
		if want == 1 && (scarce[0].Place != "nas" || scarce[0].Free != free || scarce[0].Need < 100_000) {
			t.Errorf("told %+v", scarce[0])
		}
	}
}

// A disk that is full at the manifest leaves half of it, and no set; the same
// plan ends well once there is room, and so does a fresh one.
func TestRun_manifestTornByAFullDisk(t *testing.T) {
	for _, publish := range []string{"rename", "in place"} {
		manifest := dir.StagedManifest(key("Bart", 21))
		if publish == "rename" {
			manifest = dir.StagedSet(key("Bart", 21)) + "/" + state.ManifestName
		}
		for name, p := range map[string]string{"beside the set": manifest, "as its claim": dir.Claim(key("Bart", 21))} {
			t.Run(publish+", "+name, func(t *testing.T) {
				w := scene(t, chainScene)
				if publish == "in place" {
					w.publishInPlace()
				}
				plan, log := w.plan(t), &memLog{}
				script := faults.New(faults.Fail(faults.On(p, faults.Put), 0, faults.Middle, providers.ErrFull))
				script.Observe(newWatch(t, w).see)
				r, err := w.apply(t.Context(), plan, run{id: thisRun, log: log, script: script})
				if !errors.Is(err, apply.ErrPartial) || script.AllHit() != nil {
					t.Fatalf("got %v, %v, want ErrPartial", err, script.AllHit())
				}
				wantFailure(t, r, bart21, providers.ErrFull.Error())
				w.wantUntouched(t, key("Bart", 17), key("Bart", 18), key("Bart", 20))
				if w.has(t, "nas", key("Bart", 21).String()+"/"+state.ManifestName) {
					t.Error("the set has a manifest")
				}
				fresh := w.clone()
				fresh.converge(t)
				w.finish(t, plan, log.clone())
				for what, end := range map[string]*world{"the same plan": w, "a fresh plan": fresh} {
					if !end.has(t, "nas", key("Bart", 21).String()+"/"+state.ManifestName) || end.has(t, "nas", dir.Staged(key("Bart", 21))) {
						t.Errorf("%s: the set has no manifest, or something is left", what)
					}
					end.wantSound(t, what)
				}
			})
		}
	}
}
