package diff_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
)

// sentFrom is a copy of a local set of so many bytes as it was sent a day ago.
func sentFrom(k state.Key) state.Set {
	s := set(k, state.Complete)
	s.Manifest = &state.Manifest{Key: k, Owner: "site"}
	for _, f := range s.Files {
		s.Manifest.Files = append(s.Manifest.Files, state.ManifestFile{Path: f.Path, Size: f.Size, SHA256: "ab", MTime: f.ModTime.Add(-24 * time.Hour)})
	}
	return s
}

// encrypted makes all that vmx holds other than what was sent: larger, or only newer.
func (w *world) encrypted(larger bool) *world {
	return w.change("vmx", func(inv *state.Inventory) {
		for i := range inv.Sets {
			inv.Sets[i].Files = slices.Clone(inv.Sets[i].Files)
			if larger {
				inv.Sets[i].Files[0].Size += 7
			}
		}
	})
}

// Five copies of which retention keeps three, and the newest two local sets.
func rotating(vm string) (local, copies []state.Set) {
	for day := 16; day <= 20; day++ {
		s := sentFrom(keyOf(vm, day))
		if day < 19 {
			for i, f := range s.Files {
				s.Manifest.Files[i].MTime = f.ModTime
			}
		} else {
			local = append(local, set(keyOf(vm, day), state.Complete))
		}
		copies = append(copies, s)
	}
	return append(local, set(keyOf(vm, 21), state.Complete)), copies
}

func TestCompute_manyLocalSetsRewrittenAreAnError(t *testing.T) {
	for _, larger := range []bool{true, false} {
		local, copies := rotating("Bart")
		w := newWorld().holds("vmx", local[:2]...).encrypted(larger).holds("vmx", local[2]).holds("nas", copies...)
		for night := range 3 { // the error stays, and nothing goes
			p := w.compute(t)
			want := []string{"+upload nas/Bart/2026-11-21-010000"}
			if night > 0 {
				want = nil
			}
			wantPlan(t, p, want...)
			if fails := p.Failures(); len(fails) != 1 || fails[0].Code != "overwritten" || fails[0].Brief != "2 local sets were rewritten since their upload (nas)" {
				t.Errorf("larger %v, night %d: got %+v", larger, night, fails)
			}
			why := "disk.vmdk is newer than the uploaded file"
			if larger {
				why = "1019 B, where 1012 B were sent"
			}
			if got := notice(t, p, "overwritten"); !strings.Contains(got, "2 local sets of 1 VM (Bart) were rewritten since their upload: was the source encrypted?") ||
				!strings.Contains(got, "Bart/2026-11-19-010000: "+why) || !strings.Contains(got, `vmxsync plan -accept="nas/Bart" -out=plan.out`) {
				t.Errorf("larger %v: got %s", larger, got)
			}
			w.passes(p, allDone)
		}

		// the command that it names ends it, for good, and the deletes go on
		w.options.Accept = []string{"nas/Bart"}
		p := w.compute(t)
		if len(p.Failures()) > 0 {
			t.Errorf("larger %v: accepted, and got %+v", larger, p.Failures())
		}
		notice(t, p, "accepted")
		wantPlan(t, p, "-remove nas/Bart/2026-11-16-010000", "-remove nas/Bart/2026-11-17-010000", "-remove nas/Bart/2026-11-18-010000")
		w.passes(p, allDone)
		w.options.Accept = nil
		if p = w.compute(t); !p.Empty() || len(p.Failures()) > 0 {
			t.Errorf("larger %v: on the next night %v, %v", larger, say(p), p.Failures())
		}

		// what is rewritten once more is not what was accepted
		w.change("vmx", func(inv *state.Inventory) {
			for i := range inv.Sets {
				inv.Sets[i].Files = slices.Clone(inv.Sets[i].Files)
				inv.Sets[i].Files[0].Size += 50
			}
		})
		if fails := w.compute(t).Failures(); len(fails) != 1 {
			t.Errorf("larger %v: rewritten once more, and got %v", larger, fails)
		}
	}
}

// One set of one VM is somebody's edit; one set each of half of the VMs is not.
func TestCompute_howManyRewrittenSetsAreMany(t *testing.T) {
	for _, c := range []struct {
		vms, rewritten int
		many           bool
	}{{1, 1, false}, {2, 1, false}, {2, 2, true}, {4, 2, true}, {5, 2, false}, {5, 3, true}} {
		w := newWorld()
		for i := range c.vms {
			k := keyOf(fmt.Sprintf("vm%d", i), 20)
			local := set(k, state.Complete)
			if i < c.rewritten {
				local = set(k, state.Complete, "disk.vmdk:1001", "vm.vmx:12")
			}
			w.holds("vmx", local).holds("nas", set(k, state.Complete))
		}
		p := w.compute(t)
		if got := slices.ContainsFunc(p.Failures(), func(n diff.Notice) bool { return n.Code == "overwritten" }); got != c.many {
			t.Errorf("%d of %d VMs: an error: %v", c.rewritten, c.vms, got)
		}
		if warned := slices.ContainsFunc(p.Notices, func(n diff.Notice) bool { return n.Code == "differs" }); warned == c.many {
			t.Errorf("%d of %d VMs: a warning: %v", c.rewritten, c.vms, warned)
		}
	}
}

// A copy that is no longer as it was recorded has changed itself: the source is not
// to blame.
func TestCompute_copiesThatChangedDoNotBlameTheSource(t *testing.T) {
	w := newWorld().holds("vmx", sets(state.Complete, 19, 20, 21)...).recorded(sets(state.Complete, 19, 20, 21)...).
		holds("nas", set(key(19), state.Complete, "disk.vmdk:7"), set(key(20), state.Complete, "disk.vmdk:7"), set(key(21), state.Complete))
	p := w.compute(t)
	notice(t, p, "differs")
	if slices.ContainsFunc(p.Notices, func(n diff.Notice) bool { return n.Code == "overwritten" }) {
		t.Errorf("got %v", p.Notices)
	}
}

// Nor is a set pruned at the source whose copy is as it was: the next rewritten one may
// be that.
func TestOverwritten_holdsThePruneOfItsVM(t *testing.T) {
	w := newWorld().holds("vmx", sets(state.Complete, 17, 18, 19, 20)...).holds("nas", sets(state.Complete, 17, 18, 19, 20)...)
	w.standard().KeepLast = 9
	w.spec.Policies = append(w.spec.Policies, config.Policy{Name: "local", KeepLast: 3, MinKeep: 1})
	w.spec.Backups[0].PruneSource = "local"
	wantPlan(t, w.compute(t), "-prune vmx/Bart/2026-11-17-010000")
	for _, day := range []int{18, 19} {
		w.inv["vmx"].Put(set(key(day), state.Complete, "disk.vmdk.locked", "vm.vmx.locked:12"))
	}
	p := w.compute(t)
	wantPlan(t, p)
	if got := notice(t, p, "not-pruned"); !strings.Contains(got, "local sets of this VM were rewritten since their upload") {
		t.Errorf("got %s", got)
	}
}

// Whose copy counts as it was sent stays at the source: it is nowhere else.
func TestOverwritten_acceptedSetIsNotPruned(t *testing.T) {
	w := newWorld().holds("vmx", sets(state.Complete, 17, 18, 19, 20)...).holds("nas", sets(state.Complete, 17, 18, 19, 20)...)
	w.standard().KeepLast = 9
	w.spec.Policies = append(w.spec.Policies, config.Policy{Name: "local", KeepLast: 3, MinKeep: 1})
	w.spec.Backups[0].PruneSource = "local"
	w.inv["vmx"].Put(set(key(17), state.Complete, "disk.vmdk.locked", "vm.vmx.locked:12"))
	w.options.Accept = []string{"nas/" + key(17).String()}
	p := w.compute(t)
	wantPlan(t, p)
	if got := notice(t, p, "not-pruned"); !strings.Contains(got, "it was rewritten since its upload to nas") {
		t.Errorf("got %s", got)
	}
}

// What was accepted is that pair: a copy that changes itself afterwards is not the one
// that a person has looked at, also once the record has it.
func TestOverwritten_isAcceptedWithTheCopyOfThen(t *testing.T) {
	w := newWorld().holds("vmx", sets(state.Complete, 17, 18, 19, 20)...).holds("nas", sets(state.Complete, 17, 18, 19, 20)...)
	w.standard().KeepLast = 9
	w.inv["vmx"].Put(set(key(17), state.Complete, "disk.vmdk.locked", "vm.vmx.locked:12"))
	stateOf := func() state.State {
		p := w.compute(t)
		w.passes(p, allDone)
		i := slices.IndexFunc(p.Kept, func(k diff.Kept) bool { return k.Address == "nas/"+key(17).String() })
		return p.Kept[i].State
	}
	w.options.Accept = []string{"nas/" + key(17).String()}
	stateOf()
	w.options.Accept = nil
	if got := stateOf(); got != state.Complete {
		t.Fatalf("it was accepted, and is %s", got)
	}
	w.inv["nas"].Put(set(key(17), state.Complete, "other.vmdk"))
	for range 3 {
		if got := stateOf(); got != state.Differs {
			t.Errorf("its copy is another, and it is %s", got)
		}
	}
}
