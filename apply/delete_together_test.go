package apply_test

import (
	"context"
	"errors"
	"path"
	"strings"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/apply"
	"github.com/vmxsync/vmxsync/apply/outcome"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/faults"
	"github.com/vmxsync/vmxsync/state"
)

const keptSets = 3

// nightly is the set of Bart of the n-th night.
func nightly(n int) state.Key {
	at := time.Date(2010, 1, 1, 1, 0, 0, 0, time.UTC).AddDate(0, 0, n)
	return state.Key{VM: "Bart", Stamp: state.NewStamp(at)}
}

// nights is a world whose destination has n sets of a VM, all but keptSets of which a plan
// deletes.
func nights(t *testing.T, n int) *world {
	w := newWorld(t, keptSets)
	w.owned("nas")
	for i := range n {
		w.complete("nas", nightly(i).String(), nightly(i))
		if i >= n-keptSets {
			w.local(nightly(i))
		}
	}
	return w
}

// isTrash reports whether a call moves a set to trash.
func isTrash(c faults.Call) bool {
	return c.Op == faults.Rename && strings.HasPrefix(c.To, dir.Trash()+"/")
}

// wantWhole proves that the sets of those nights are at their final names, with all files.
func (w *world) wantWhole(t *testing.T, from, to int) {
	t.Helper()
	for i := from; i < to; i++ {
		w.wantUntouched(t, nightly(i))
	}
}

// No file of a set is deleted before a listing that was made after the set was moved.
func TestRun_listsAfterTheMoveBeforeItDeletesAFile(t *testing.T) {
	w, script := nights(t, 64), faults.New()
	r, err := w.apply(t.Context(), w.plan(t), run{id: thisRun, script: script})
	must(t, r, err)
	unproven, moved, most, lists := map[string]bool{}, 0, 0, 0
	for _, c := range script.Calls() {
		switch {
		case isTrash(c):
			unproven[path.Base(c.To)], moved = true, moved+1
			most = max(most, len(unproven))
		case c.Op == faults.List && c.Path == "Bart":
			lists++
			clear(unproven)
		case c.Op == faults.Remove && strings.HasPrefix(c.Path, dir.Trash()+"/"):
			if name := strings.Split(strings.TrimPrefix(c.Path, dir.Trash()+"/"), "/")[0]; unproven[name] {
				t.Errorf("%s: nothing was listed since the set was moved", c)
			}
		}
	}
	if moved != 64-keptSets || most != 64/16 || lists > 22 {
		t.Errorf("%d sets moved, up to %d at once, and %d listings, want %d, %d and 22 at most", moved, most, lists, 64-keptSets, 64/16)
	}
}

// What vanishes while sets are in trash saves them.
func TestRun_keptSetsThatVanishBringMovedSetsBack(t *testing.T) {
	for _, mode := range []string{"", "in place"} {
		w := nights(t, 64)
		if mode != "" {
			w.publishInPlace()
		}
		plan, script, n, log := w.plan(t), faults.New(), 0, &memLog{}
		script.Observe(func(c faults.Call) {
			if isTrash(c) || c.Op == faults.Put && strings.HasPrefix(c.Path, dir.Staging()+"/Bart") {
				if n++; n == 6 { // the second of its batch
					for i := 64 - keptSets; i < 64; i++ {
						remove(t, w.stores["nas"], nightly(i).String())
					}
				}
			}
		})
		r, err := w.apply(t.Context(), plan, run{id: thisRun, script: script, log: log})
		if !errors.Is(err, apply.ErrPartial) || r.Destroyed != 4 {
			t.Errorf("%s: %d sets deleted, %v, want 4 and ErrPartial", mode, r.Destroyed, err)
		}
		w.wantWhole(t, 4, 64-keptSets)
		if got := outcomes(r)["nas/"+nightly(8).String()]; got != outcome.StatusCancelled {
			t.Errorf("%s: the next delete is %s, want cancelled", mode, got)
		}
		for i := 64 - keptSets; i < 64; i++ {
			w.complete("nas", nightly(i).String(), nightly(i))
		}
		r, err = w.apply(t.Context(), plan, run{id: thisRun, log: log.clone()})
		must(t, r, err)
		if w.has(t, "nas", nightly(60).String()) || !w.has(t, "nas", nightly(61).String()) {
			t.Errorf("%s: the plan was not carried out afterwards", mode)
		}
	}
}

// A proof does not count for ever: it is given again while many files are deleted.
func TestRun_proofOfDeletesDoesNotCountForEver(t *testing.T) {
	w := nights(t, 64)
	plan, clock, removed := w.plan(t), now(), 0
	script := faults.New()
	script.Observe(func(c faults.Call) {
		if c.Op != faults.Remove || !strings.HasPrefix(c.Path, dir.Trash()+"/") {
			return
		}
		clock = clock.Add(300 * time.Millisecond)
		if removed++; removed == 1 {
			for i := 64 - keptSets; i < 64; i++ {
				remove(t, w.stores["nas"], nightly(i).String())
			}
		}
	})
	opts := apply.Options{Run: thisRun, Stores: map[string]providers.Store{}, Now: func() time.Time { return clock }, Parallelism: 1}
	for name, s := range w.stores {
		opts.Stores[name] = faults.Wrap(s, script)
	}
	r, err := apply.Run(t.Context(), plan, opts)
	if !errors.Is(err, apply.ErrPartial) || r.Destroyed != 1 {
		t.Errorf("%d sets deleted, %v, want 1 and ErrPartial", r.Destroyed, err)
	}
	w.wantWhole(t, 1, 64-keptSets)
}

// Files of a kept set that vanish are seen before those of others are deleted, though its
// folder is still listed.
func TestRun_keptFilesThatVanishBringMovedSetsBack(t *testing.T) {
	const n = 256
	w := nights(t, n)
	plan, clock, moved := w.plan(t), now(), 0
	script := faults.New()
	script.Observe(func(c faults.Call) {
		if !isTrash(c) {
			return
		}
		if moved++; moved == n/16+2 { // the second of its batch
			clock = clock.Add(1100 * time.Millisecond) // what was read counts for 2.56 s
			if err := w.stores["nas"].Remove(t.Context(), nightly(n-1).String()+"/disk-flat.vmdk"); err != nil {
				t.Error(err)
			}
		}
	})
	opts := apply.Options{Run: thisRun, Stores: map[string]providers.Store{}, Now: func() time.Time { return clock }, Parallelism: 1}
	for name, s := range w.stores {
		opts.Stores[name] = faults.Wrap(s, script)
	}
	r, err := apply.Run(t.Context(), plan, opts)
	if !errors.Is(err, apply.ErrPartial) || r.Destroyed != n/16 || moved != n/16*2 {
		t.Errorf("%d sets moved, %d deleted, %v, want %d, %d and ErrPartial", moved, r.Destroyed, err, n/16*2, n/16)
	}
	w.wantWhole(t, n/16, n-keptSets)
}

// A set that changes after it was read, and before it is marked, loses no file.
func TestRun_setThatChangesBeforeItIsMarkedLosesNoFile(t *testing.T) {
	w := nights(t, 64).publishInPlace()
	plan, marked := w.plan(t), 0
	script := faults.New()
	script.Observe(func(c faults.Call) {
		if c.Op == faults.Put && c.Path == dir.Claim(nightly(5)) {
			marked++
			w.plant("nas", nightly(6).String()+"/disk-flat.vmdk", "written by another")
		}
	})
	r, err := w.apply(t.Context(), plan, run{id: thisRun, script: script})
	if !errors.Is(err, apply.ErrPartial) || marked != 1 || r.Destroyed != 6 {
		t.Errorf("%d sets deleted, %v, want 6 and ErrPartial", r.Destroyed, err)
	}
	w.wantWhole(t, 6, 64)
}

// A move that was acknowledged and not done fails its own set, and no other one of those
// that were moved with it.
func TestRun_moveToTrashThatWasNotDoneFailsItsSetAlone(t *testing.T) {
	w := nights(t, 64)
	plan := w.plan(t)
	lie := faults.New(faults.Lie(faults.On(nightly(1).String(), faults.Rename), 0, faults.Before))
	r, err := w.apply(t.Context(), plan, run{id: thisRun, script: lie})
	if !errors.Is(err, apply.ErrPartial) || r.Destroyed != 3 {
		t.Errorf("%d sets deleted, %v, want 3 and ErrPartial", r.Destroyed, err)
	}
	wantFailure(t, r, "nas/"+nightly(1).String(), "the listing does not show it")
	w.wantWhole(t, 1, 2)
	w.wantWhole(t, 4, 64)
}

// lacking is a place whose listing of Bart lacks a set, once it has been asked so often.
type lacking struct {
	providers.Store
	lists *int
	at    int
	lacks string
}

func (f lacking) Unwrap() providers.Store { return f.Store }

func (f lacking) List(ctx context.Context, dir string) ([]providers.File, error) {
	entries, err := f.Store.List(ctx, dir)
	if dir != "Bart" {
		return entries, err
	}
	if *f.lists++; *f.lists != f.at {
		return entries, err
	}
	var some []providers.File
	for _, e := range entries {
		if e.Path != f.lacks {
			some = append(some, e)
		}
	}
	return some, err
}

// A listing that lacks a set for once costs a second look, and no set that is kept.
func TestRun_listingThatLacksASetOnceDeletesNoKeptSet(t *testing.T) {
	for at := 1; at < 8; at++ {
		for _, lacks := range []int{0, 1, 30, 63} {
			w := nights(t, 64)
			plan, lists := w.plan(t), 0
			opts := apply.Options{Run: thisRun, Stores: map[string]providers.Store{}, Now: now, Parallelism: 1}
			for name, s := range w.stores {
				opts.Stores[name] = s
			}
			opts.Stores["nas"] = lacking{w.stores["nas"], &lists, at, nightly(lacks).String()}
			r, err := apply.Run(t.Context(), plan, opts)
			if err != nil && !errors.Is(err, apply.ErrPartial) && !errors.Is(err, apply.ErrStale) {
				t.Errorf("lacks %d at %d: %v", lacks, at, err)
			}
			if at >= 3 && lacks == 63 { // after the checks and the first reading
				must(t, r, err)
			}
			w.wantWhole(t, 64-keptSets, 64)
		}
	}
}

// A place that can be listed no more keeps what was moved in trash.
func TestRun_deletesWithoutAProofDeleteNoFile(t *testing.T) {
	w := nights(t, 64)
	plan, moved, away := w.plan(t), 0, errors.New("the server went away")
	script := faults.New(faults.FailAlways(func(c faults.Call) bool {
		return c.Op == faults.List && c.Path == "Bart" && moved >= 4
	}, away))
	script.Observe(func(c faults.Call) {
		if isTrash(c) {
			moved++
		}
	})
	r, err := w.apply(t.Context(), plan, run{id: thisRun, script: script})
	if !errors.Is(err, apply.ErrPartial) || r.Destroyed != 0 || moved != 4 {
		t.Errorf("%d moved, %d sets deleted, %v, want 4, 0 and ErrPartial", moved, r.Destroyed, err)
	}
	for i := range 4 {
		if p := dir.Deleted(nightly(i), thisRun); !w.has(t, "nas", p+"/disk-flat.vmdk") {
			t.Errorf("%s lost a file", p)
		}
	}
	if got := outcomes(r)["nas/"+nightly(5).String()]; got != outcome.StatusCancelled {
		t.Errorf("the next delete is %s, want cancelled", got)
	}
}

// TestRun_crashWithSeveralSetsInTrash stops an apply while sets of a VM are deleted together.
func TestRun_crashWithSeveralSetsInTrash(t *testing.T) {
	start := nights(t, 36)
	start.spec.Destinations[0].TrashKeep = 0
	x := newTrial(t, start)
	seen := 0
	for i, c := range x.calls {
		if isTrash(c) {
			seen++
		}
		if seen == 0 || seen > 4 { // two batches of two
			continue
		}
		for _, when := range whens(c) {
			x.crashOnce(t, i, when, x.ways())
		}
	}
}
