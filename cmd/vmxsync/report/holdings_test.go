package report

import (
	"fmt"
	"testing"

	"github.com/vmxsync/vmxsync/apply/outcome"
	"github.com/vmxsync/vmxsync/diff"
	"github.com/vmxsync/vmxsync/providers/providertest"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/known"
)

// manyChanges are n deletes of sets and n uploads, all of them done, and what was there.
func manyChanges(n int) (map[string]state.Inventory, []outcome.Outcome, []diff.Change) {
	inv := state.Inventory{Place: "nas", Known: &known.Record{}}
	var outcomes []outcome.Outcome
	var changes []diff.Change
	did := func(k state.Key, action diff.Action) {
		address := state.Address("nas", k)
		changes = append(changes, diff.Change{Address: address, Action: action})
		outcomes = append(outcomes, outcome.Outcome{Address: address, Action: action, Status: outcome.StatusDone})
	}
	for i := range n {
		old := state.Key{VM: fmt.Sprintf("vm-%06d", i), Stamp: "2026-11-20-010000"}
		inv.Sets = append(inv.Sets, state.Set{Key: old, State: state.Complete})
		inv.Known.Sets = append(inv.Known.Sets, known.Set{Key: old.AsRecorded()})
		did(old, diff.Delete)
		did(state.Key{VM: old.VM, Stamp: "2026-11-21-010000"}, diff.Create)
	}
	return map[string]state.Inventory{"nas": inv}, outcomes, changes
}

func TestWithOutcomes_isWhatIsThereAfterwards(t *testing.T) {
	before, outcomes, changes := manyChanges(3)
	outcomes[0].Status = outcome.StatusFailed
	after := withOutcomes(before, outcomes, changes, nil)["nas"]
	var got []string
	for _, s := range after.Sets {
		got = append(got, s.Key.String())
	}
	want := "[vm-000000/2026-11-20-010000 vm-000000/2026-11-21-010000 vm-000001/2026-11-21-010000 vm-000002/2026-11-21-010000]"
	if fmt.Sprint(got) != want || len(after.Known.Sets) != 1 || len(before["nas"].Known.Sets) != 3 {
		t.Errorf("got %v, %d recorded and %d before, want %s, 1 and 3", got, len(after.Known.Sets), len(before["nas"].Known.Sets), want)
	}
}

func TestWithOutcomes_growsWithTheChanges(t *testing.T) {
	providertest.Linear(t, 500, func(n int) func() {
		before, outcomes, changes := manyChanges(n)
		return func() { withOutcomes(before, outcomes, changes, nil) }
	})
}
