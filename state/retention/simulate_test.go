package retention_test

import (
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
	"github.com/vmxsync/vmxsync/state/retention"
)

func never(int) bool { return false }

func TestSimulate_holdsWhatThePolicyPromises(t *testing.T) {
	p := config.Policy{KeepLast: 3, KeepDaily: 7, KeepMonthly: 12, KeepOldest: true, MinKeep: 1}
	sim := retention.Simulate(p, state.NewStamp(noon), 24*time.Hour, 800, 1, never)
	// Seven days, and the newest set of each of twelve months, of which the
	// running one is among the days; and the new set beside the one about to go.
	if len(sim.Held) != 18 || sim.Peak != 19 || sim.Sets != 800 || sim.Removed != 800-18 {
		t.Errorf("got %d held, peak %d, %d made, %d removed", len(sim.Held), sim.Peak, sim.Sets, sim.Removed)
	}
}

func TestSimulate_endsWhenTold(t *testing.T) {
	left := 10
	sim := retention.Simulate(config.Policy{}, state.NewStamp(noon), time.Hour, 1000, 0, func(int) bool { left--; return left < 0 })
	if sim.Sets != 10 || len(sim.Held) != 10 {
		t.Errorf("got %d sets, %d held", sim.Sets, len(sim.Held))
	}
}

// Where clocks go back, an hour of the wall comes twice; sets have one name each.
func TestSimulate_noTwoSetsHaveOneName(t *testing.T) {
	sim := retention.Simulate(config.Policy{KeepLast: 6}, "2026-10-25-000000", time.Hour, 6, 0, never)
	seen := map[state.Stamp]bool{}
	for _, d := range sim.Held {
		seen[d.Key.Stamp] = true
	}
	if len(seen) != 6 {
		t.Errorf("got %v", sim.Held)
	}
}
