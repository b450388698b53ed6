package diff_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/diff/planfile"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
)

// nas has room for three sets, and one night fails, or several do: what fits is sent
// on each night after, the newest set first, until nothing waits any more.
func TestCompute_backlogThatDoesNotFitIsSentInTurn(t *testing.T) {
	for _, failing := range []int{1, 2, 5} {
		for _, how := range []ending{uploadsFail, diesSending} {
			w := tight()
			w.nas().Quota = 3 * 1012
			for n := range 10 {
				w.dawns(n, 99)
				w.passes(w.compute(t), allDone)
			}
			for n := 10; n < 10+failing; n++ {
				w.dawns(n, 99)
				p, err := diff.Compute(w.input())
				if err != nil {
					t.Fatalf("night %d fails for good: %v", n, err)
				}
				w.passes(p, how)
			}
			for n := 10 + failing; n < 20+failing; n++ {
				w.dawns(n, 99)
				p, err := diff.Compute(w.input())
				if err != nil {
					t.Fatalf("after %d nights that failed, night %d: %v", failing, n, err)
				}
				if len(p.Failures()) > 0 {
					t.Errorf("night %d: the newest set fits, and got %v", n, p.Failures())
				}
				w.passes(p, allDone)
				if _, there := w.inv["nas"].Find(nightly(n).Key); !there {
					t.Errorf("night %d: the newest set is not there", n)
				}
				if held := len(w.inv["nas"].Sets); held > 3 {
					t.Errorf("night %d: %d sets, and room for three", n, held)
				}
			}
			last := 19 + failing
			for n := last - 2; n <= last; n++ {
				if _, there := w.inv["nas"].Find(nightly(n).Key); !there {
					t.Errorf("after %d nights that failed, set %d never came", failing, n)
				}
			}
			if p := w.compute(t); !p.Empty() {
				t.Errorf("a good week leaves %v", say(p))
			}
		}
	}
}

// The newest set of each VM comes before the second newest of any; a newest one that
// does not fit is an error, and nothing at the source is pruned for it.
func TestCompute_newestSetsFitFirst(t *testing.T) {
	w := tight()
	for _, vm := range []string{"Bart", "Lisa", "Ned"} {
		w.holds("vmx", set(keyOf(vm, 20), state.Complete), set(keyOf(vm, 21), state.Complete))
	}
	w.nas().Quota = 4 * 1012
	p := w.compute(t)
	wantPlan(t, p, "+upload nas/Bart/2026-11-21-010000", "+upload nas/Bart/2026-11-20-010000", "+upload nas/Lisa/2026-11-21-010000", "+upload nas/Ned/2026-11-21-010000")
	wantNotice(t, p, "postponed", "nas: 2 local sets wait for a later plan, because the quota has no room for all of them (Lisa/2026-11-20-010000). The newest set of each VM comes first.")
	if len(p.Failures()) > 0 {
		t.Errorf("got %v", p.Failures())
	}

	w.nas().Quota = 2 * 1012
	p = w.compute(t)
	wantPlan(t, p, "+upload nas/Bart/2026-11-21-010000", "+upload nas/Lisa/2026-11-21-010000")
	wantNotice(t, p, "not-backed-up", "nas: the newest set of 1 VM (Ned) is not backed up. Ned/2026-11-21-010000: it does not fit into the quota of the destination now.")
	if _, err := planfile.Open(seal(t, p, nil), nil); err != nil {
		t.Errorf("Open: %v", err)
	}

	w.nas().Quota = 1011
	if _, err := diff.Compute(w.input()); !errors.Is(err, diff.ErrQuota) {
		t.Errorf("nothing fits, and got %v", err)
	}
}

// What waits for room stays at its source, though a newer set is there.
func TestCompute_whatWaitsForRoomIsNotPruned(t *testing.T) {
	w := tight().holds("vmx", sets(state.Complete, 19, 20, 21)...).holds("nas", sets(state.Complete, 18, 21)...)
	w.spec.Policies = append(w.spec.Policies, config.Policy{Name: "one", KeepLast: 1, MinKeep: 1})
	w.spec.Backups[0].PruneSource = "one"
	w.nas().Quota = 3 * 1012
	p := w.compute(t)
	if slices.ContainsFunc(p.Changes, func(c diff.Change) bool { return c.Mode == diff.Prune }) {
		t.Errorf("got %v", say(p))
	}
	if got := notice(t, p, "not-pruned"); !strings.Contains(got, "it waits for room in the quota of nas") {
		t.Errorf("got %s", got)
	}
}
