package diff_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/diff/planfile"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/state"
)

// leftBehind are the sets that another tool has put at nas.
func leftBehind() *world {
	return newWorld().holds("nas", sets(state.Unmarked, 10, 11, 12, 13)...).holds("vmx", sets(state.Complete, 13)...)
}

func TestCompute_adoptsWhatIsNamed(t *testing.T) {
	w := leftBehind()
	wantPlan(t, w.compute(t), "~adopt nas/Bart/2026-11-13-010000")
	wantNotice(t, w.compute(t), "unmarked",
		`nas: 3 sets of 1 VM are unmarked (3.0 KiB): kept, not counted, never rotated. To take them over: vmxsync plan -adopt="nas/*" -out=plan.out`)
	w.options.Adopt = []string{"nas/*"}
	p := w.compute(t)
	wantPlan(t, p, "~adopt nas/Bart/2026-11-13-010000", "~adopt nas/Bart/2026-11-12-010000", "~adopt nas/Bart/2026-11-11-010000", "~adopt nas/Bart/2026-11-10-010000")
	if kept, other := p.Changes[3].Why(); len(kept) != 0 || other[len(other)-1] != "unmarked, selected by -adopt: a manifest is written" {
		t.Errorf("the oldest is adopted for %v, %v", kept, other)
	}
	if _, err := planfile.Open(seal(t, p, nil), nil); err != nil {
		t.Errorf("Open: %v", err)
	}
}

func TestCompute_letsGoOfWhatItAdoptedLater(t *testing.T) {
	w := newWorld().holds("nas", sets(state.Complete, 10, 11, 12, 13)...).holds("vmx", sets(state.Complete, 13)...)
	wantPlan(t, w.compute(t), "-remove nas/Bart/2026-11-10-010000")
}

func TestCompute_adoptsNothingThatMayBeUnfinishedOrAnother(t *testing.T) {
	w := newWorld().holds("nas", set(key(11), state.Unmarked, "disk.vmdk:0"), set(key(12), state.Unmarked, "other"))
	w.holds("vmx", sets(state.Complete, 12, 21)...)
	young := set(key(10), state.Unmarked)
	for i := range young.Files {
		young.Files[i].ModTime = noon
	}
	w.holds("nas", young)
	w.options.Adopt = []string{"nas"}
	p := w.compute(t)
	wantPlan(t, p, "+upload nas/Bart/2026-11-21-010000")
	wantNotice(t, p, "not-adopted", "nas: 3 sets are not adopted. Bart/2026-11-10-010000: it may be unfinished: it is younger than settle, or possibly a link; "+
		"Bart/2026-11-11-010000: it holds no bytes; Bart/2026-11-12-010000: it differs from the local set.")
}

// What the backup program has not finished, the other tool has not either.
func TestCompute_adoptsNoHalfCopyOfWhatIsNotReady(t *testing.T) {
	half := set(key(20), state.Unmarked, "disk.vmdk:5")
	for _, c := range []struct {
		name, why string
		remote    state.Set
		source    func(*world)
	}{
		{"still being written", "the local set is still being written", set(key(20), state.Unmarked), func(w *world) { w.holds("vmx", set(key(20), state.Settling)) }},
		{"not ready, and unlike", "it differs from the local set, which is not ready", half, func(w *world) { w.holds("vmx", set(key(20), state.NotReady)) }},
		{"not ready, and like it", "", set(key(20), state.Unmarked), func(w *world) { w.holds("vmx", set(key(20), state.NotReady)) }},
		{"not known", "whether vmx holds it is not known", half, func(w *world) {
			w.change("vmx", func(inv *state.Inventory) { inv.UnknownVMs = map[string]string{"Bart": "its listing failed"} })
		}},
		{"not read", "whether vmx holds it is not known", half, func(w *world) {
			w.vmx().OnEmpty = "ignore"
			w.change("vmx", func(inv *state.Inventory) { inv.Sets, inv.Err = nil, providers.ErrUnreachable })
		}},
		{"empty", "", half, func(w *world) {
			w.vmx().OnEmpty = "ignore"
			w.change("vmx", func(inv *state.Inventory) { inv.Sets = nil })
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld().holds("vmx", sets(state.Complete, 21)...).holds("nas", c.remote)
			c.source(w)
			w.options.Adopt = []string{"nas"}
			p := w.compute(t)
			if adopts := slices.Contains(say(p), "~adopt nas/Bart/2026-11-20-010000"); adopts != (c.why == "") {
				t.Fatalf("the plan is %v", say(p))
			}
			if c.why != "" {
				wantNotice(t, p, "not-adopted", "nas: 1 set is not adopted. Bart/2026-11-20-010000: "+c.why+".")
			}
		})
	}
}

// Nor is it trusted: it would let a whole set go.
func TestCompute_trustsNoHalfCopyOfWhatIsNotReady(t *testing.T) {
	for name, c := range map[string]struct {
		local  state.State
		remote []string
		trusts bool
	}{
		"still being written":    {state.Settling, nil, false},
		"not ready, and unlike":  {state.NotReady, []string{"disk.vmdk:600", "vm.vmx:12"}, false},
		"unreadable, and unlike": {state.Unreadable, []string{"disk.vmdk:600", "vm.vmx:12"}, false},
		"not ready, and like it": {state.NotReady, nil, true},
	} {
		w := newWorld().holds("nas", sets(state.Unmarked, 17, 18, 19)...).holds("nas", set(key(20), state.Unmarked, c.remote...)).
			holds("vmx", set(key(20), c.local))
		w.nas().TrustUnmarked = true
		p := w.compute(t)
		if trusts := slices.Contains(say(p), "-remove nas/Bart/2026-11-17-010000"); trusts != c.trusts {
			t.Errorf("%s: the plan is %v", name, say(p))
		}
	}
}

func TestCompute_adoptsOrphansAndNoStrangers(t *testing.T) {
	w := newWorld().holds("vmx", sets(state.Complete, 21)...).holds("nas", set(keyOf("Homer", 10), state.Unmarked))
	w.options.Adopt = []string{"nas/Homer"}
	wantPlan(t, w.compute(t), "+upload nas/Bart/2026-11-21-010000", "~adopt nas/Homer/2026-11-10-010000")
	w.spec.Backups[0].VMs = []string{"Bart"}
	p := w.compute(t)
	wantPlan(t, p, "+upload nas/Bart/2026-11-21-010000")
	wantNotice(t, p, "not-adopted", "nas: 1 set is not adopted. Homer/2026-11-10-010000: no backup sends it here.")
}

func TestCompute_replacesWhatIsNamed(t *testing.T) {
	for _, c := range []struct {
		name   string
		remote state.Set
	}{
		{"differs", set(key(20), state.Complete, "other")},
		{"damaged", set(key(20), state.Damaged, "disk.vmdk:17")},
		{"unmarked", set(key(20), state.Unmarked, "other")},
		{"unmarked, and like the local one", set(key(20), state.Unmarked)},
		{"complete, and like the local one", set(key(20), state.Complete)}, // nobody sees rot in names and sizes
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld().holds("nas", c.remote).holds("vmx", sets(state.Complete, 20)...)
			w.options.Replace = []string{"nas/Bart/2026-11-20-010000"}
			p := w.compute(t)
			wantPlan(t, p, "~replace nas/Bart/2026-11-20-010000")
			if p.Summary.Change != 1 || p.Guard.Losses[0].Deletes != 1 {
				t.Errorf("summary %+v, losses %+v: what a replace takes away counts", p.Summary, p.Guard.Losses)
			}
			if _, err := planfile.Open(seal(t, p, nil), nil); err != nil {
				t.Errorf("Open: %v", err)
			}
		})
	}
}

// A set that is named is sent again, also where no rule keeps it; one that is not
// there is sent as any other.
func TestCompute_sendsAgainWhatReplaceNames(t *testing.T) {
	w := newWorld().holds("nas", set(key(19), state.Damaged)).holds("vmx", sets(state.Complete, 19, 20, 21, 22)...)
	w.options.Replace = []string{"nas/Bart/2026-11-19-010000"}
	wantPlan(t, w.compute(t), "+upload nas/Bart/2026-11-22-010000", "+upload nas/Bart/2026-11-21-010000", "+upload nas/Bart/2026-11-20-010000", "~replace nas/Bart/2026-11-19-010000")
	w = newWorld().holds("vmx", sets(state.Complete, 20)...)
	w.options.Replace = []string{"nas/Bart/2026-11-20-010000"}
	wantPlan(t, w.compute(t), "+upload nas/Bart/2026-11-20-010000")
}

func odd(s state.Set) state.Set {
	s.Odd, s.Problem = true, "prev is a link"
	return s
}

func TestCompute_saysWhyItReplacesNothing(t *testing.T) {
	for _, c := range []struct {
		name, want string
		world      *world
	}{
		{"no local set", "no source holds a ready set of that address", newWorld().holds("nas", sets(state.Complete, 20)...).holds("vmx", sets(state.Complete, 21)...)},
		{"a link in it", "could never leave the trash: prev is a link", newWorld().holds("nas", odd(set(key(20), state.Damaged))).holds("vmx", sets(state.Complete, 20)...)},
	} {
		c.world.options.Replace = []string{"nas/Bart/2026-11-20-010000"}
		_, err := diff.Compute(c.world.input())
		if !errors.Is(err, diff.ErrReplace) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

// With -adopt, all that is adopted is whole and settled, and nothing is unmarked
// by it twice; rotation goes on in the next plan.
func TestCompute_adoptionConverges(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		w.start = w.inv["nas"].Staged
		w.options.Adopt = []string{rapid.SampledFrom([]string{"nas", "nas/*", "nas/Bart", "nas/*/2026-11-1[0-3]*"}).Draw(t, "adopt")}
		if namesNothing(w) {
			t.Skip("nothing is named")
		}
		p := computed(t, w)
		for rounds := 1; !p.Empty() || len(p.Cleanups) > 0; rounds++ {
			if rounds > 6 {
				t.Fatalf("no end: %v", say(p))
			}
			checkDeletes(t, w, p)
			checkAllIsSaid(t, w, p)
			n := newNAS(t, w.inv["nas"])
			n.apply(p)
			w.inv["nas"] = n.inventory(w.inv["nas"])
			w.prune(p)
			if namesNothing(w) {
				return
			}
			again := func(c diff.Change) bool {
				return c.Mode == diff.Adopt && slices.ContainsFunc(p.Changes, func(x diff.Change) bool { return x.Mode == diff.Adopt && x.Address == c.Address })
			}
			next := computed(t, w)
			if slices.ContainsFunc(next.Changes, again) {
				t.Fatalf("adopts twice: %v", say(next))
			}
			p = next
		}
	})
}
