package apply_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/vmxsync/vmxsync/apply"
	"github.com/vmxsync/vmxsync/apply/journal"
	"github.com/vmxsync/vmxsync/apply/outcome"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/faults"
	"github.com/vmxsync/vmxsync/state"
)

// observe changes what the plan says that it saw of one set.
func observe(plan *diff.Plan, k state.Key, s state.State) {
	for _, p := range plan.Places {
		for _, o := range p.Observed {
			for i := range o.Sets {
				if o.Scope == state.Scope(p.Name, k.VM) && o.Sets[i].Name == k.Stamp {
					o.Sets[i].State = s
				}
			}
		}
	}
}

func TestRun_victimThatDidNotCountIsNotDeleted(t *testing.T) {
	for _, s := range []state.State{state.Unknown, state.Damaged, state.Unmarked} {
		w, victim := scene(t, chainScene), key("Bart", 17)
		plan := w.plan(t)
		observe(plan, victim, s)
		if s == state.Unmarked {
			if err := w.stores["nas"].Remove(t.Context(), victim.String()+"/"+state.ManifestName); err != nil {
				t.Fatal(err)
			}
		}
		r, err := w.apply(t.Context(), plan, run{id: thisRun})
		if !errors.Is(err, apply.ErrPartial) {
			t.Errorf("%s: got %v, want ErrPartial", s, err)
		}
		wantFailure(t, r, bart17, "was not a counted set when the plan was made")
		if !w.has(t, "nas", victim.String()+"/disk-flat.vmdk") {
			t.Errorf("the set that was %s is gone", s)
		}
	}
}

func TestRun_setThatWasUnknownIsNotReplaced(t *testing.T) {
	w, k := scene(t, "replace"), key("Maggie", 21)
	plan := w.plan(t)
	observe(plan, k, state.Unknown)
	w.plant("nas", k.String()+"/precious", "!")
	r, err := w.apply(t.Context(), plan, run{id: thisRun})
	if !errors.Is(err, apply.ErrPartial) {
		t.Fatalf("got %v, want ErrPartial", err)
	}
	wantFailure(t, r, "nas/"+k.String(), ": aside")
	if !w.has(t, "nas", k.String()+"/precious") {
		t.Error("it was moved away")
	}
}

// hasty is the chain scene's plan with its deletes first.
func hasty(t *testing.T, w *world) *diff.Plan {
	plan := w.plan(t)
	slices.SortStableFunc(plan.Changes, func(a, b diff.Change) int { return int(b.Action) - int(a.Action) })
	return plan
}

func TestRun_deletesWaitForTheUploadsWhateverTheyNeed(t *testing.T) {
	w := scene(t, chainScene)
	plan := hasty(t, w)
	if plan.Changes[0].Action != diff.Delete {
		t.Fatalf("the first change is a %s", plan.Changes[0].Action)
	}
	script := faults.New(faults.FailAlways(faults.On(dir.StagedSet(key("Bart", 21))+"/*", faults.Put), providers.ErrFull))
	r, err := w.apply(t.Context(), plan, run{id: thisRun, script: script})
	if !errors.Is(err, apply.ErrPartial) {
		t.Fatalf("got %v, want ErrPartial", err)
	}
	for address, got := range outcomes(r) {
		want := outcome.StatusCancelled
		if address == bart21 {
			want = outcome.StatusFailed
		}
		if got != want {
			t.Errorf("%s is %s, want %s", address, got, want)
		}
	}
	w.wantUntouched(t, key("Bart", 17), key("Bart", 18), key("Bart", 20))
}

func TestRun_ownerThatAnotherApplyWroteIsOurs(t *testing.T) {
	for name, c := range map[string]struct {
		owner string
		moved bool // the other apply has moved our file to its name
		want  outcome.Status
	}{
		"same plan":         {"office\n", false, outcome.StatusDone},
		"same plan, moved":  {"office\n", true, outcome.StatusDone},
		"another plan":      {"home\n", false, outcome.StatusFailed},
		"another, was here": {"home\n", true, outcome.StatusFailed},
	} {
		w := scene(t, "first use")
		plan, script := w.plan(t), faults.New()
		script.Observe(func(call faults.Call) {
			if call.Op != faults.Put || call.Path != dir.Owner()+".new" {
				return
			}
			w.plant("usb", dir.Owner(), c.owner)
			if c.moved {
				w.stores["usb"].Remove(t.Context(), dir.Owner()+".new")
			}
		})
		r, _ := w.apply(t.Context(), plan, run{id: thisRun, script: script})
		if got := outcomes(r)["usb"]; got != c.want {
			t.Errorf("%s: the root is %s, want %s: %v", name, got, c.want, r.Failures())
		}
		if got := slurp(t, w.stores["usb"], dir.Owner()); got != c.owner {
			t.Errorf("%s: the owner is %q, want %q", name, got, c.owner)
		}
		if c.want == outcome.StatusDone && w.has(t, "usb", dir.Owner()+".new") {
			t.Errorf("%s: owner.new is left", name)
		}
	}
}

// TestRun_ownerIsReadBack swaps the file before it gets its name.
func TestRun_ownerIsReadBack(t *testing.T) {
	w := scene(t, "first use")
	plan, script := w.plan(t), faults.New()
	script.Observe(func(call faults.Call) {
		if call.Op == faults.Rename && call.To == dir.Owner() {
			w.plant("usb", dir.Owner(), "home\n")
		}
	})
	r, _ := w.apply(t.Context(), plan, run{id: thisRun, script: script})
	wantFailure(t, r, "usb", `belongs to "home"`)
	if w.has(t, "usb", key("UsbBart", 21).String()) {
		t.Error("a set was sent to the root of another")
	}
}

// wantNoCall applies a plan that must be known as applied without any look but at
// the record, which a run that died at its very end has yet to leave.
func (w *world) wantNoCall(t *testing.T, plan *diff.Plan, log *memLog) {
	t.Helper()
	before, script := w.trees(t), faults.New()
	_, err := w.apply(t.Context(), plan, run{id: thisRun, log: log, script: script})
	mustApplied(t, err)
	j, err := journal.Resume(&memLog{}, log.data, journal.Header{Run: thisRun, Plan: "p"}, now)
	if err != nil {
		t.Fatal(err)
	}
	stores := map[string]providers.Store{}
	for name, s := range w.stores {
		stores[name] = faults.Wrap(s, script)
	}
	mustApplied(t, apply.Check(t.Context(), plan, apply.Options{Run: thisRun, Stores: stores, Journal: j}))
	calls := slices.DeleteFunc(script.Calls(), func(c faults.Call) bool {
		return c.Op == faults.Open && c.Path == dir.Known() || c.Op == faults.List && c.Path == dir.Trash()
	})
	if len(calls) > 0 {
		t.Errorf("%d calls, the first %s", len(calls), calls[0])
	}
	if why := unlike(before, w.trees(t)); why != "" {
		t.Error(why)
	}
}

func TestRun_recordedPlanDeletesNothingAgain(t *testing.T) {
	w, log, victim := scene(t, ""), &memLog{}, key("Bart", 17)
	plan := w.plan(t)
	r, err := w.apply(t.Context(), plan, run{id: thisRun, log: log})
	must(t, r, err)
	w.complete("nas", victim.String(), victim)
	w.wantNoCall(t, plan, log)
}

// TestRun_planFoundToBeDoneDeletesNothingAgain has the journal lost on the way.
func TestRun_planFoundToBeDoneDeletesNothingAgain(t *testing.T) {
	for _, at := range []faults.Match{published, faults.On(dir.StagedManifest(key("Bart", 21)), faults.Rename)} {
		w, plan, _ := interrupted(t, at)
		log, victim := &memLog{}, key("Bart", 17)
		r, err := w.apply(t.Context(), plan, run{id: thisRun, log: log})
		must(t, r, err)
		w.complete("nas", victim.String(), victim)
		w.wantNoCall(t, plan, log)
	}
}

func TestRun_planThatIsRecordedInPartGoesOn(t *testing.T) {
	w, plan, log := interrupted(t, published)
	r, err := w.apply(t.Context(), plan, run{id: thisRun, log: log})
	must(t, r, err)
	if w.has(t, "nas", key("Bart", 17).String()) {
		t.Error("the delete was not done")
	}
}
