package diff_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/diff/flags"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

func destroying(w *world, target ...string) *world {
	w.options.Destroy, w.options.Target = true, target
	return w
}

func TestCompute_destroysWhatIsNamedToTheLastSet(t *testing.T) {
	w := destroying(targeted(), "nas/Bart")
	p := w.compute(t)
	wantPlan(t, p, bartGoes, "-remove nas/Bart/2026-11-19-010000", "-remove nas/Bart/2026-11-20-010000")
	if len(p.Groups) != 1 || p.Groups[0].MinKeep != 0 {
		t.Errorf("groups %+v", p.Groups)
	}
	if p.Refused() || len(p.Guard.Lifted) == 0 {
		t.Errorf("guard %+v, want it off", p.Guard)
	}
	if got := p.Changes[0].Reasons; len(got) != 1 || got[0].Rule != diff.DestroyRule {
		t.Errorf("reasons %+v", got)
	}
	notice(t, p, diff.DestroyRule)
	if _, err := diff.Open(seal(t, p, nil), nil); err != nil {
		t.Errorf("Open: %v", err)
	}
}

func TestCompute_destroysOnlyWhatIsOursAndWhole(t *testing.T) {
	w := newWorld().holds("vmx", set(key(13), state.Complete, "other"))
	w.holds("nas", set(key(10), state.Complete), set(key(11), state.Unmarked), set(key(12), state.Damaged), set(key(13), state.Complete))
	w.nas().TrustUnmarked = true
	w.stages(staged(set(key(14), state.Incomplete, "disk.vmdk:17"), false), staged(set(key(15), state.Complete), true))
	p := destroying(w, "nas/Bart").compute(t)
	wantPlan(t, p, "-remove nas/Bart/2026-11-10-010000", "-remove nas/Bart/2026-11-15-010000", "(staging) .vmxsync/staging/Bart~2026-11-14-010000")
	wantNotice(t, p, "not-destroyed", "nas: 3 sets are not destroyed. Bart/2026-11-11-010000: its state is unmarked, and -destroy deletes only sets that vmxsync has put there; "+
		"Bart/2026-11-12-010000: it is damaged: to destroy it anyway, give its full address: -target=nas/Bart/2026-11-12-010000; "+
		"Bart/2026-11-13-010000: it differs from the local set: to destroy it anyway, give its full address: -target=nas/Bart/2026-11-13-010000.")
}

// The full address takes a set that does not count, too, with its reason; a pattern
// that matches it alone does not, nor does an address take what holds a link.
func TestCompute_destroysInFullWhatIsBroken(t *testing.T) {
	w := newWorld().holds("vmx", set(key(13), state.Complete, "other"))
	w.holds("nas", set(key(10), state.Complete), set(key(11), state.Unmarked), set(key(12), state.Damaged), set(key(13), state.Complete), odd(set(key(14), state.Damaged)))
	all := []string{"nas/Bart/2026-11-11-010000", "nas/Bart/2026-11-12-010000", "nas/Bart/2026-11-13-010000", "nas/Bart/2026-11-14-010000"}
	p := destroying(w, all...).compute(t)
	wantPlan(t, p, "-remove nas/Bart/2026-11-12-010000", "-remove nas/Bart/2026-11-13-010000")
	if got := p.Changes[0].Reasons[0].Text; !strings.HasSuffix(got, "it is damaged") {
		t.Errorf("got reason %q", got)
	}
	saved, err := diff.Open(seal(t, p, nil), nil)
	if err != nil {
		t.Fatal(err)
	}
	saved.Plan.Options.Target = []string{"nas/Bart/2026-11-1[23]-010000"} // as an edited plan may say
	if _, err := diff.Open(seal(t, saved.Plan, nil), nil); !errors.Is(err, diff.ErrInvalid) {
		t.Errorf("got %v, want %v", err, diff.ErrInvalid)
	}
	wantPlan(t, destroying(w, "nas/Bart/2026-11-1[23]-010000").compute(t))
}

// A suspicious set is such a set as well: deleting it by its full address is one of
// the two ways out of its warning.
func TestCompute_destroysASuspiciousSetInFull(t *testing.T) {
	const address = "nas/Bart/2026-11-21-010000"
	world := func() *world {
		return newWorld().holds("vmx", set(keyOf("Lisa", 21), state.Complete)).
			holds("nas", set(key(19), state.Complete), set(key(20), state.Complete), set(key(21), state.Complete, "vm.vmx:12"))
	}
	p := destroying(world(), "nas/Bart").compute(t)
	wantPlan(t, p, "-remove nas/Bart/2026-11-19-010000", "-remove nas/Bart/2026-11-20-010000")
	wantNotice(t, p, "not-destroyed", "nas: 1 set is not destroyed. Bart/2026-11-21-010000: it is suspicious (without disk.vmdk, which 2 of 2 other sets have): "+
		"to destroy it anyway, give its full address: -target="+address+".")

	p = destroying(world(), address).compute(t)
	wantPlan(t, p, "-remove "+address)
	if got := p.Changes[0].Reasons[0].Text; !strings.Contains(got, "it is suspicious (without disk.vmdk") {
		t.Errorf("got reason %q", got)
	}
	saved, err := diff.Open(seal(t, p, nil), nil)
	if err != nil {
		t.Fatal(err)
	}
	saved.Plan.Options.Target = []string{"nas/Bart/2026-11-2[1]-010000"} // as an edited plan may say
	if _, err := diff.Open(seal(t, saved.Plan, nil), nil); !errors.Is(err, diff.ErrInvalid) {
		t.Errorf("got %v, want %v", err, diff.ErrInvalid)
	}
}

func TestCompute_destroysNothingBesideTheUnknown(t *testing.T) {
	w := newWorld().holds("vmx", sets(state.Complete, 21)...).holds("nas", set(key(10), state.Complete), set(key(11), state.Unknown))
	wantPlan(t, destroying(w, "nas/Bart").compute(t))
}

func TestCompute_destroysOrphansAndLeavesWhatIsProtected(t *testing.T) {
	w := targeted().holds("nas", set(keyOf("Homer", 18), state.Complete))
	p := destroying(w, "nas/Homer").compute(t)
	wantPlan(t, p, "-remove nas/Homer/2026-11-18-010000")
	w.spec.Backups[0].PreventDestroy = true
	if p := destroying(w, "nas/Bart").compute(t); !p.Refused() {
		t.Errorf("guard %+v, want prevent_destroy to hold", p.Guard)
	}
}

// A whole copy in staging would be published by the next plan.
func TestCompute_destroysWhatIsStagedOfASetAsWell(t *testing.T) {
	for _, whole := range []bool{true, false} {
		w := newWorld().holds("nas", sets(state.Complete, 20)...).holds("vmx", set(keyOf("Lisa", 21), state.Complete)).
			stages(staged(set(key(20), state.Complete), whole))
		destroying(w, "nas/Bart")
		p := w.compute(t)
		wantPlan(t, p, "-remove nas/Bart/2026-11-20-010000", "(staging) .vmxsync/staging/Bart~2026-11-20-010000")
		if len(p.Cleanups) != 1 || p.Cleanups[0].Kind != diff.StagingCleanup {
			t.Errorf("cleanups %+v, want that of staging", p.Cleanups)
		}
		if _, err := diff.Open(seal(t, p, nil), nil); err != nil {
			t.Errorf("Open: %v", err)
		}
	}
}

// Of what a source that was not read holds nobody knows whether it is the same.
func TestCompute_destroysNothingThatASourceMayHoldOtherwise(t *testing.T) {
	w := newWorld().holds("nas", sets(state.Complete, 20)...)
	w.vmx().OnEmpty = "ignore"
	w.change("vmx", func(inv *state.Inventory) { inv.Err = providers.ErrUnreachable })
	w.spec.Backups[0].VMs = []string{"Lisa"}
	wantPlan(t, destroying(w, "nas/Bart").compute(t))
}

// What is left of a prune at the source may be the last copy by then.
func TestCompute_destroyLeavesWhatIsGoneAtTheSource(t *testing.T) {
	aside, gone := onTheirWay()
	w := pruning().holds("nas", sets(state.Complete, 21)...).holds("vmx", sets(state.Complete, 21)...).
		change("vmx", func(inv *state.Inventory) { inv.Asides = []state.AsideSet{gone, aside} })
	kept := w.compute(t).Cleanups
	p := destroying(w, "*/Bart").compute(t)
	wantPlan(t, p, "-remove nas/Bart/2026-11-21-010000")
	p.Cleanups = kept
	if _, err := diff.Open(seal(t, p, nil), nil); !errors.Is(err, diff.ErrInvalid) {
		t.Errorf("Open with a cleanup of the source: %v, want %v", err, diff.ErrInvalid)
	}
}

func TestCompute_destroysAtDestinationsAlone(t *testing.T) {
	for _, target := range []string{"vmx", "vmx/Bart", "vmx/Bart/2026-11-21-010000"} {
		_, err := diff.Compute(destroying(targeted(), target).input())
		if !errors.Is(err, flags.ErrNoMatch) {
			t.Errorf("-target=%s: %v, want %v", target, err, flags.ErrNoMatch)
		}
	}
	w := targeted()
	w.options.Adopt = []string{"vmx/Bart"}
	if _, err := diff.Compute(w.input()); !errors.Is(err, flags.ErrNoMatch) {
		t.Errorf("-adopt: %v, want %v", err, flags.ErrNoMatch)
	}
}

func TestOpen_takesNoFloorOfNothingWithoutDestroy(t *testing.T) {
	p := destroying(targeted(), "nas/Bart").compute(t)
	p.Options.Destroy = false
	if _, err := diff.Open(seal(t, p, nil), nil); !errors.Is(err, diff.ErrInvalid) {
		t.Errorf("Open: %v, want %v", err, diff.ErrInvalid)
	}
	p = destroying(targeted(), "nas/Bart").compute(t)
	p.Options.Target = []string{"nas/Lisa"}
	if _, err := diff.Open(seal(t, p, nil), nil); !errors.Is(err, diff.ErrInvalid) {
		t.Errorf("Open of deletes that are not named: %v, want %v", err, diff.ErrInvalid)
	}
}

func TestCompute_destroyTakesOnlyWholeSetsThatAreNamed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		destroying(w, rapid.SampledFrom([]string{"nas", "nas/Bart", "nas/*/2026-11-1[0-3]*"}).Draw(t, "target"))
		if namesNothing(w) {
			t.Skip("nothing is named")
		}
		p := computed(t, w)
		gone := map[string]bool{}
		for rounds := 1; !p.Empty() || len(p.Cleanups) > 0; rounds++ {
			if rounds > 4 {
				t.Fatalf("no end: %v", say(p))
			}
			for _, c := range p.Changes {
				checkDestroyed(t, w, c)
				gone[c.Address] = true
			}
			n := newNAS(t, w.inv["nas"])
			n.apply(p)
			w.inv["nas"] = n.inventory(w.inv["nas"])
			w.change("nas", func(inv *state.Inventory) { inv.Known = recorded(p, inv.Known, allDone.does) })
			checkStaysAway(t, w, gone)
			if namesNothing(w) {
				return
			}
			p = computed(t, w)
		}
	})
}

// checkStaysAway proves that nothing which was destroyed comes back, unless a
// source holds it.
func checkStaysAway(t *rapid.T, w *world, gone map[string]bool) {
	flags := w.options
	defer func() { w.options = flags }()
	w.options = diff.Options{}
	for _, c := range computed(t, w).Changes {
		if gone[c.Address] && c.Mode == diff.Publish {
			t.Fatalf("%s was destroyed and is published", c.Address)
		}
	}
}

func checkDestroyed(t *rapid.T, w *world, c diff.Change) {
	_, k, _ := state.SplitAddress(c.Address)
	if c.Action != diff.Delete || c.Mode == diff.Prune {
		t.Fatalf("%s is no end of a set there", c.Address)
	}
	if w.options.Target[0] == "nas/Bart" && k.VM != "Bart" {
		t.Fatalf("%s goes, and is not named", c.Address)
	}
	if strings.HasPrefix(c.Path, ".vmxsync/") {
		return
	}
	s, ok := w.inv["nas"].Find(k)
	if !ok || s.State != state.Complete && s.State != state.Incomplete {
		t.Fatalf("%s goes, and is %q", c.Address, s.State)
	}
	local, ok := w.inv["vmx"].Find(k)
	if ok && s.State == state.Complete && local.State == state.Complete && !state.SameContent(local.Files, s.Files) {
		t.Fatalf("%s goes, and differs", c.Address)
	}
	if slices.ContainsFunc(w.inv["nas"].Of(k.VM), func(s state.Set) bool { return s.State == state.Unknown }) {
		t.Fatalf("%s goes beside an unknown one", c.Address)
	}
}
