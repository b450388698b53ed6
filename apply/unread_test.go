package apply_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/vmxsync/vmxsync/apply"
	"github.com/vmxsync/vmxsync/apply/outcome"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/faults"
	"github.com/vmxsync/vmxsync/state"
)

var errRefused = errors.New("550 permission denied")

// unlistable makes each listing of a folder fail.
func unlistable(dir string) *faults.Script {
	return faults.New(faults.FailAlways(faults.On(dir, faults.List), errRefused))
}

func TestRun_setThatStaysUnknownStopsNoUpload(t *testing.T) {
	w, unknown := scene(t, chainScene), key("Bart", 16)
	w.complete("nas", unknown.String(), unknown)
	inv := w.read(t.Context())
	inv["nas"].Put(state.Set{Key: unknown, Path: unknown.String(), State: state.Unknown, Problem: errRefused.Error()})
	plan := w.planOf(t, inv)
	script := unlistable(unknown.String())
	r, err := w.apply(t.Context(), plan, run{id: thisRun, script: script})
	must(t, r, err)
	if !w.has(t, "nas", key("Bart", 21).String()) {
		t.Error("the set was not published")
	}
	w.wantUntouched(t, unknown, key("Bart", 17), key("Bart", 18), key("Bart", 20))
	if err := script.AllHit(); err != nil {
		t.Error(err)
	}
}

func TestRun_setThatBecameUnknownIsAChange(t *testing.T) {
	for name, k := range map[string]state.Key{"retained": key("Bart", 20), "victim": key("Bart", 17), "empty": key("Bart", 16)} {
		w := scene(t, chainScene)
		w.stores["nas"].Plant(providers.File{Path: key("Bart", 16).String(), Kind: providers.Dir, ModTime: yesterday()}, nil)
		plan, before := w.plan(t), w.trees(t)
		_, err := w.apply(t.Context(), plan, run{id: thisRun, script: unlistable(k.String())})
		var stale *apply.StaleError
		if !errors.As(err, &stale) || !sameSets(stale.Changed, []string{string(k.Stamp)}) {
			t.Errorf("%s: got %v, want it changed", name, err)
		}
		if why := unlike(before, w.trees(t)); why != "" {
			t.Errorf("%s: the world was touched: %s", name, why)
		}
	}
}

func TestRun_nothingIsDeletedBesideAnUnknownSet(t *testing.T) {
	w, unknown := scene(t, chainScene), key("Bart", 16)
	plan := w.plan(t)
	w.complete("nas", unknown.String(), unknown)
	nothing := state.Digest(nil)
	for i, p := range plan.Places {
		for j, o := range p.Observed {
			plan.Places[i].Observed[j].Sets = append(o.Sets, diff.ObservedSet{Name: unknown.Stamp, State: state.Unknown, SHA256: nothing})
		}
	}
	r, err := w.apply(t.Context(), plan, run{id: thisRun, script: unlistable(unknown.String())})
	if !errors.Is(err, apply.ErrPartial) {
		t.Fatalf("got %v, want ErrPartial", err)
	}
	wantFailure(t, r, bart17, "is unknown")
	w.wantUntouched(t, key("Bart", 17), key("Bart", 18), key("Bart", 20))
}

func wantOnlyBartFailed(t *testing.T, r outcome.Result) {
	t.Helper()
	for address, got := range outcomes(r) {
		want := outcome.StatusDone
		switch {
		case address == bart21:
			want = outcome.StatusFailed
		case strings.HasPrefix(address, "nas/Bart/"):
			want = outcome.StatusCancelled
		}
		if got != want {
			t.Errorf("%s is %s, want %s", address, got, want)
		}
	}
}

func TestRun_groupThatCannotBeReadFailsItsChainOnly(t *testing.T) {
	undisturbed := scene(t, "")
	plan := undisturbed.plan(t)
	w, log := undisturbed.clone(), &memLog{}
	r, err := undisturbed.apply(t.Context(), plan, run{id: thisRun})
	must(t, r, err)
	r, err = w.apply(t.Context(), plan, run{id: thisRun, log: log, script: unlistable("Bart")})
	if !errors.Is(err, apply.ErrPartial) {
		t.Fatalf("got %v, want ErrPartial", err)
	}
	wantOnlyBartFailed(t, r)
	wantFailure(t, r, bart21, errRefused.Error())
	w.wantUntouched(t, key("Bart", 17), key("Bart", 18), key("Bart", 20))
	r, err = w.apply(t.Context(), plan, run{id: thisRun, log: log})
	must(t, r, err)
	if why := unlike(undisturbed.trees(t), w.trees(t)); why != "" {
		t.Error(why)
	}
}

// TestRun_groupThatCannotBeReadIsRecognisedLater loses the journal of a run
// that had published, while the group cannot be read.
func TestRun_groupThatCannotBeReadIsRecognisedLater(t *testing.T) {
	undisturbed := scene(t, "")
	plan := undisturbed.plan(t)
	w, log := undisturbed.clone(), &memLog{}
	r, err := undisturbed.apply(t.Context(), plan, run{id: thisRun})
	must(t, r, err)
	w.apply(t.Context(), plan, run{id: thisRun, script: faults.New(faults.CrashOn(published, 0, faults.After))})
	for _, script := range []*faults.Script{unlistable("Bart"), unlistable(key("Bart", 21).String())} {
		r, err = w.apply(t.Context(), plan, run{id: thisRun, log: log, script: script})
		if !errors.Is(err, apply.ErrPartial) {
			t.Fatalf("got %v, want ErrPartial", err)
		}
		wantOnlyBartFailed(t, r)
	}
	r, err = w.apply(t.Context(), plan, run{id: thisRun, log: log})
	must(t, r, err)
	if why := unlike(undisturbed.trees(t), w.trees(t)); why != "" {
		t.Error(why)
	}
}

func TestRun_nothingThatCanBeReadEndsIt(t *testing.T) {
	for name, c := range map[string]struct {
		scene string
		err   error
	}{"only group": {chainScene, errRefused}, "only place": {chainScene, providers.ErrUnreachable}} {
		w := scene(t, c.scene)
		plan, before := w.plan(t), w.trees(t)
		script := faults.New(faults.FailAlways(faults.On("Bart", faults.List), c.err))
		_, err := w.apply(t.Context(), plan, run{id: thisRun, script: script})
		if errors.Is(err, apply.ErrPartial) || err == nil || !strings.Contains(err.Error(), c.err.Error()) {
			t.Errorf("%s: got %v, want %v", name, err, c.err)
		}
		if why := unlike(before, w.trees(t)); why != "" {
			t.Errorf("%s: the world was touched: %s", name, why)
		}
	}
}

// A destination that is away holds no other, is told once, and is done by the
// same plan when it is back.
func TestRun_destinationThatIsAwayHoldsNoOther(t *testing.T) {
	for _, away := range []string{"before it is opened", "when it is listed"} {
		w, undisturbed := scene(t, ""), scene(t, "")
		plan := w.plan(t)
		r, err := undisturbed.apply(t.Context(), plan, run{id: thisRun})
		must(t, r, err)
		attempt := run{id: thisRun, log: &memLog{}}
		if away == "when it is listed" {
			attempt.script = faults.New(faults.FailAlways(faults.On("Bart", faults.List), providers.ErrUnreachable))
		} else {
			attempt.missing = map[string]error{"nas": providers.ErrUnreachable}
		}
		r, err = w.apply(t.Context(), plan, attempt)
		if !errors.Is(err, apply.ErrPartial) {
			t.Fatalf("%s: got %v, want ErrPartial", away, err)
		}
		if got := outcomes(r)["usb/"+key("UsbBart", 21).String()]; got != outcome.StatusDone {
			t.Errorf("%s: the set for usb is %s, want done", away, got)
		}
		var failed []string
		for _, o := range r.Failures() {
			if o.Status == outcome.StatusFailed {
				failed = append(failed, o.Err.Error())
			}
		}
		if len(failed) != 1 || !strings.Contains(failed[0], "nas cannot be read") {
			t.Errorf("%s: failures %q, want one of nas", away, failed)
		}
		r, err = w.apply(t.Context(), plan, run{id: thisRun, log: attempt.log.clone()})
		must(t, r, err)
		if why := unlike(undisturbed.trees(t), w.trees(t)); why != "" {
			t.Errorf("%s, then the same plan: %s", away, why)
		}
	}
}

func TestCheck_namesTheGroupsThatCannotBeRead(t *testing.T) {
	w := scene(t, "")
	opts := apply.Options{Run: thisRun, Stores: map[string]providers.Store{}}
	for name, s := range w.stores {
		opts.Stores[name] = faults.Wrap(s, unlistable("Bart"))
	}
	err := apply.Check(t.Context(), w.plan(t), opts)
	if !errors.Is(err, apply.ErrPartial) || !strings.Contains(err.Error(), "nas/Bart cannot be read") {
		t.Errorf("got %v, want ErrPartial that names nas/Bart", err)
	}
}

// Also one where there is nothing but a leftover, and each once.
func TestCheck_namesTheDestinationsThatAreAway(t *testing.T) {
	w := newWorld(t, 2)
	w.owned("nas")
	w.local(key("UsbBart", 21))
	w.complete("nas", dir.Deleted(key("Otto", 11), oldRun), key("Otto", 11))
	away := func() error {
		opts := apply.Options{Run: thisRun, Missing: map[string]error{"nas": providers.ErrUnreachable},
			Stores: map[string]providers.Store{"vms": w.stores["vms"], "usb": w.stores["usb"]}}
		return apply.Check(t.Context(), w.plan(t), opts)
	}
	if err := away(); !errors.Is(err, apply.ErrPartial) || !errors.Is(err, providers.ErrUnreachable) {
		t.Errorf("got %v, want ErrPartial that names nas", err)
	}
	w.local(key("Bart", 21))
	w.local(key("Lisa", 21))
	if err := away(); err == nil || strings.Count(err.Error(), "nas") != 1 {
		t.Errorf("got %v, want nas once", err)
	}
}
