package diff_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/state"
)

// What is explained is what is planned, set by set and with the same reasons.
func TestExplain_saysWhatThePlanDoes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		plan, err := diff.Compute(w.input())
		if err != nil {
			t.Skip(err)
		}
		groups, err := diff.Explain(w.input(), func(string) bool { return true })
		if err != nil {
			t.Fatal(err)
		}
		planned, why := fates(plan)
		for _, g := range groups {
			for _, s := range g.Sets {
				if s.Outcome == diff.OutcomeNotUploaded || s.Outcome == diff.OutcomeCleanedUp || stagedOnly(w, s) {
					delete(planned, s.Address)
					continue
				}
				if planned[s.Address] != s.Outcome {
					t.Fatalf("%s: explained as %q, planned as %q", s.Address, s.Outcome, planned[s.Address])
				}
				if got := why[s.Address]; !slices.Equal(got, s.Reasons) {
					t.Fatalf("%s: explained by %v, planned by %v", s.Address, s.Reasons, got)
				}
				delete(planned, s.Address)
			}
			checkNext(t, g)
		}
		if len(planned) > 0 {
			t.Fatalf("not explained: %v", planned)
		}
	})
}

// stagedOnly tells of a set in staging that stays where it is, without a word in
// the plan: of a VM that is not ours to rotate, or of which not all is known.
func stagedOnly(w *world, s diff.ExplainedSet) bool {
	_, k, _ := state.SplitAddress(s.Address)
	_, standing := w.inv["nas"].Find(k)
	return s.Outcome == diff.OutcomeKept && !standing
}

// fates is what the plan does with each set, and why; without the last reason of
// a set that comes, which tells what the plan found there.
func fates(p *diff.Plan) (map[string]diff.Outcome, map[string][]diff.Reason) {
	fates, why := map[string]diff.Outcome{}, map[string][]diff.Reason{}
	for _, k := range p.Kept {
		fates[k.Address], why[k.Address] = diff.OutcomeKept, k.Reasons
	}
	for _, c := range p.Changes {
		if c.Mode == diff.Prune {
			continue // at the source
		}
		fates[c.Address], why[c.Address] = diff.OutcomeDeleted, c.Reasons
		if c.Action != diff.Delete {
			fates[c.Address], why[c.Address] = diff.Outcome(c.Mode), c.Reasons[:len(c.Reasons)-1]
		}
	}
	return fates, why
}

// checkNext proves that what goes next is a set that stays or comes now.
func checkNext(t *rapid.T, g diff.Explained) {
	if g.Next == nil {
		return
	}
	for _, s := range g.Sets {
		if s.Address == g.Next.Address {
			if s.Outcome == diff.OutcomeDeleted || s.Outcome == diff.OutcomeNotUploaded || len(g.Next.Reasons) == 0 {
				t.Fatalf("%s goes next, and is %q now", s.Address, s.Outcome)
			}
			return
		}
	}
	t.Fatalf("%s goes next, and is not there", g.Next.Address)
}

func TestExplain_nextGoesWhenItsPlaceIsTaken(t *testing.T) {
	w := newWorld().holds("nas", sets(state.Complete, 17, 19, 21)...).holds("vmx", sets(state.Complete, 21)...)
	groups, err := diff.Explain(w.input(), func(vm string) bool { return vm == "Bart" })
	if err != nil || len(groups) != 1 || groups[0].Next == nil {
		t.Fatalf("got %+v, %v", groups, err)
	}
	next := groups[0].Next
	if next.Address != "nas/Bart/2026-11-17-010000" || next.With != "2026-11-23-010000" || next.Every.String() != "48h" {
		t.Errorf("got %+v", next)
	}
}

// A set of another tool may stand where the next one is expected: it is not the
// one that goes, and the next but one tells which is.
func TestExplain_nextStepsOverWhatStandsThere(t *testing.T) {
	w := newWorld().holds("nas", sets(state.Complete, 17, 19, 21)...).holds("nas", set(key(23), state.Unmarked))
	w.holds("vmx", sets(state.Complete, 21)...)
	groups, err := diff.Explain(w.input(), func(string) bool { return true })
	if err != nil || len(groups) != 1 || groups[0].Next == nil {
		t.Fatalf("got %+v, %v", groups, err)
	}
	if next := groups[0].Next; next.Address != "nas/Bart/2026-11-17-010000" || next.With != "2026-11-25-010000" {
		t.Errorf("got %+v", next)
	}
}
