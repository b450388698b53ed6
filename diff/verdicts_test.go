package diff_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
)

// suspicions are the reasons why sets are suspicious in a plan.
func suspicions(p *diff.Plan) string {
	for _, n := range p.Notices {
		if n.Code == string(state.Suspicious) {
			return n.Text
		}
	}
	return ""
}

// One set is nine times as large as the others, as after a consolidation of snapshots.
// Once the sets before it are gone, it is the only one before those behind it.
func TestVerdicts_standThoughWhatTheyWereComparedWithGoes(t *testing.T) {
	for name, policy := range map[string]config.Policy{
		"keep_last":   {KeepLast: 3},
		"keep_within": {KeepWithin: config.Span{Days: 4}},
		"keep_weekly": {KeepLast: 2, KeepWeekly: 4},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld()
			policy.Name, policy.MinKeep = "standard", 1
			w.spec.Policies[0] = policy
			for n := range 40 {
				content := []string{"disk.vmdk", "vm.vmx:12"}
				if n == 10 {
					content[0] += ":9000"
				}
				w.dawns(n, 1, content...)
				p := w.compute(t)
				if why := suspicions(p); why != "" {
					t.Fatalf("night %d: %s", n, why)
				}
				w.passes(p, allDone)
			}
		})
	}
}

// broken is a world whose nas holds three whole sets and one without its disk, with
// the record of the apply that brought it.
func broken(t *testing.T) *world {
	t.Helper()
	w := newWorld()
	w.standard().KeepLast = 9
	for n := range 3 {
		w.dawns(n, 1)
		w.passes(w.compute(t), allDone)
	}
	w.dawns(3, 1, "vm.vmx:12")
	w.passes(w.compute(t), allDone)
	if suspicions(w.compute(t)) == "" {
		t.Fatal("the broken set is not suspicious")
	}
	return w
}

// The whole sets are gone, by hand: the broken one looks like any other, and is none.
func TestVerdicts_doubtsStandUntilAPersonAccepts(t *testing.T) {
	w := broken(t)
	w.change("nas", func(inv *state.Inventory) { inv.Sets = slices.Clone(inv.Sets[3:]) })
	w.options.Accept = []string{"nas/Bart/2026-01-01*", "nas/Bart/2026-01-02*", "nas/Bart/2026-01-03*"}
	w.passes(w.compute(t), allDone)
	w.options.Accept = nil
	p := w.compute(t)
	if why := suspicions(p); !strings.Contains(why, "without disk.vmdk, which 3 of 3 other sets have") {
		t.Errorf("got %q, want the reason that was found", why)
	}
	w.options.Accept = []string{"nas/" + nightly(3).Key.String()}
	w.passes(w.compute(t), allDone)
	w.options.Accept = nil
	if why := suspicions(w.compute(t)); why != "" {
		t.Errorf("it was accepted, and is suspicious: %s", why)
	}
}

// A verdict is no excuse where there is something new to go by.
func TestVerdicts_areAskedAgain(t *testing.T) {
	small := []string{"disk.vmdk:300", "vm.vmx:12"}
	sound := func() *world { // two small sets, and nothing wrong with them
		w := newWorld()
		w.standard().KeepLast = 9
		for n := 10; n < 12; n++ {
			w.dawns(n, 1, small...)
			w.passes(w.compute(t), allDone)
		}
		return w
	}
	for name, c := range map[string]struct {
		happens func(*world)
		want    bool
	}{
		"nothing":                       {func(*world) {}, false},
		"larger sets come before them":  {func(w *world) { w.holds("nas", nightly(7), nightly(8), nightly(9)) }, true},
		"they are written again, small": {func(w *world) { w.inv["nas"].Put(nightly(11, "disk.vmdk:100")) }, true},
		"the rule is another":           {func(w *world) { w.spec.Guard.MinSizePercent = 51 }, false},
		"the record is lost":            {func(w *world) { w.change("nas", func(inv *state.Inventory) { inv.Known = nil }) }, false},
	} {
		w := sound()
		c.happens(w)
		w.change("vmx", func(inv *state.Inventory) { inv.Sets = []state.Set{set(keyOf("Lisa", 1), state.Complete)} })
		if why := suspicions(w.compute(t)); (why != "") != c.want {
			t.Errorf("%s: suspicious: %q, want %v", name, why, c.want)
		}
	}
}

// With another percentage all is compared anew, also what was right before.
func TestVerdicts_areOfTheRulesOfThen(t *testing.T) {
	w := newWorld()
	w.standard().KeepLast, w.spec.Guard.MinSizePercent = 9, 10
	for n, size := range []int{1000, 1000, 300} {
		w.dawns(n, 1, fmt.Sprintf("disk.vmdk:%d", size), "vm.vmx:12")
		w.passes(w.compute(t), allDone)
	}
	if why := suspicions(w.compute(t)); why != "" {
		t.Fatalf("by the old rule: %s", why)
	}
	w.spec.Guard.MinSizePercent = 50
	if suspicions(w.compute(t)) == "" {
		t.Error("by the new rule it is suspicious")
	}
}

// A line of the listing was not understood while a broken set came: what was found
// then is no verdict.
func TestVerdicts_needAllSetsOfTheVM(t *testing.T) {
	w := newWorld()
	w.standard().KeepLast = 9
	for n, size := range []int{300, 1000, 1000} {
		w.dawns(n, 1, fmt.Sprintf("disk.vmdk:%d", size), "vm.vmx:12")
		w.passes(w.compute(t), allDone)
	}
	all := w.inv["nas"].Sets
	w.change("nas", func(inv *state.Inventory) {
		inv.Sets, inv.NotWhole = slices.Clone(all[:1]), map[string]string{"Bart": "a line"}
	})
	w.dawns(3, 1, "disk.vmdk:300", "vm.vmx:12")
	p := w.compute(t)
	if why := suspicions(p); why != "" {
		t.Fatalf("beside the first set alone: %s", why)
	}
	w.passes(p, allDone)
	w.change("nas", func(inv *state.Inventory) {
		inv.Sets, inv.NotWhole = append(slices.Clone(all), inv.Sets[1:]...), nil
	})
	if suspicions(w.compute(t)) == "" {
		t.Error("the broken set is not suspicious once all sets are listed")
	}
}
