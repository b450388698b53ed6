package diff_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

// A replace was killed before it moved the half set aside, then the source let
// the set go: the staged copy is the only whole one.
func TestCompute_keepsTheOnlyWholeCopyInStaging(t *testing.T) {
	half := set(key(20), state.Unmarked, "disk.vmdk:4")
	w := newWorld().holds("vmx", sets(state.Complete, 21)...).holds("nas", half).holds("nas", sets(state.Complete, 21)...).
		stages(staged(set(key(20), state.Complete), true))
	if p := w.compute(t); len(p.Cleanups) > 0 {
		t.Errorf("cleanups: %+v, want none: nothing else holds that set whole", p.Cleanups)
	}
	read := set(key(20), state.Complete)
	read.Manifest = &state.Manifest{}
	w = newWorld().holds("vmx", sets(state.Complete, 21)...).holds("nas", read).holds("nas", sets(state.Complete, 21)...).
		stages(staged(set(key(20), state.Complete), true))
	if p := w.compute(t); len(p.Cleanups) != 1 {
		t.Errorf("cleanups: %+v, want the copy of a set that is proven whole", p.Cleanups)
	}
}

func TestUnproven_namesWhatWorkFolderHoldsACopyOf(t *testing.T) {
	w := newWorld().holds("vmx", sets(state.Complete, 21)...).holds("nas", sets(state.Complete, 20, 21)...).
		stages(staged(set(key(20), state.Complete), true))
	in := w.input()
	p, err := diff.Compute(in)
	if err != nil {
		t.Fatal(err)
	}
	if got := diff.Unproven(p, in.Inventories)["nas"]; len(got) != 1 || got[0] != key(20) {
		t.Errorf("got %v, want the set with a copy in staging", got)
	}
}

func TestCompute_trustWaitsForTheStepOfVagueTimes(t *testing.T) {
	w := newWorld().holds("vmx", sets(state.Complete, 21)...).holds("nas", sets(state.Unmarked, 18, 19, 20)...)
	w.nas().TrustUnmarked = true
	for i := range w.inv["nas"].Sets {
		w.inv["nas"].Sets[i].Files[0].ModTime = noon.Add(-3 * time.Hour)
	}
	wantPlan(t, w.compute(t), "+upload nas/Bart/2026-11-21-010000", "-remove nas/Bart/2026-11-18-010000")
	w.change("nas", func(inv *state.Inventory) { inv.TimeStep = 24 * time.Hour })
	wantPlan(t, w.compute(t), "+upload nas/Bart/2026-11-21-010000")
}

func TestCompute_ignoredSinceTheUploadIsNoDifference(t *testing.T) {
	w := newWorld().holds("vmx", set(key(21), state.Complete, "disk.vmdk")).
		holds("nas", set(key(21), state.Complete, "disk.vmdk", "vm.log"))
	w.vmx().Ignore = []string{"*.log"}
	p := w.compute(t)
	wantPlan(t, p)
	for _, n := range p.Notices {
		if n.Code == "differs" {
			t.Errorf("notice: %s", n.Text)
		}
	}
}

func TestCompute_refusesEqualRivals(t *testing.T) {
	w := newWorld().holds("vmx", sets(state.Complete, 21)...)
	other := w.spec.Backups[0]
	w.spec.Backups[0].VMs, other.Name, other.VMs = []string{"B*t"}, "other", []string{"B*r*"}
	w.spec.Backups = append(w.spec.Backups, other)
	if _, err := diff.Compute(w.input()); !errors.Is(err, diff.ErrAmbiguous) || providers.Hint(err) == "" {
		t.Errorf("got %v, want ErrAmbiguous with a hint", err)
	}
}

func TestCompute_leavesBlockedNamesAlone(t *testing.T) {
	for _, where := range []func(*state.Inventory){
		func(inv *state.Inventory) { inv.Links = []string{"Bart"} },
		func(inv *state.Inventory) { inv.Foreign = []string{"Bart"} },
		func(inv *state.Inventory) { inv.Foreign = []string{"Bart/2026-11-21-010000"} },
	} {
		w := newWorld().holds("vmx", sets(state.Complete, 21)...).change("nas", where)
		p := w.compute(t)
		wantPlan(t, p)
		if got := notice(t, p, "name"); !strings.Contains(got, "Bart") {
			t.Errorf("notice: %s", got)
		}
	}
	w := newWorld().holds("vmx", set(state.Key{VM: ".vmxsync", Stamp: key(21).Stamp}, state.Complete))
	wantPlan(t, w.compute(t))
}

func TestCompute_saysWhichNamesOfTheSourceAreSkipped(t *testing.T) {
	w := newWorld().holds("vmx", sets(state.Complete, 21)...).change("vmx", func(inv *state.Inventory) {
		inv.Links, inv.Unusable = []string{"Lisa"}, []string{"Marge."}
	})
	got := notice(t, w.compute(t), "name")
	for _, want := range []string{"vmx: 2 names", "Lisa: it is a link", "Marge."} {
		if !strings.Contains(got, want) {
			t.Errorf("notice %q, want %q in it", got, want)
		}
	}
}
