package retention_test

import (
	"fmt"
	"time"

	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
	"github.com/vmxsync/vmxsync/state/retention"
)

func ExampleDecide() {
	policy := config.Policy{KeepLast: 1, KeepMonthly: 2, MinKeep: 1}
	var sets []state.Set
	for _, at := range []state.Stamp{"2026-10-31-010000", "2026-11-20-010000", "2026-11-21-010000", "2026-11-22-010000"} {
		sets = append(sets, state.Set{Key: state.Key{VM: "web01", Stamp: at}, State: state.Complete})
	}
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	for _, d := range retention.Decide(policy, sets, now).Decisions {
		fmt.Println(d.Key, "keep:", d.Keep, d.Reasons[0].Text)
	}
	// Output:
	// web01/2026-11-22-010000 keep: true last 1 of 1
	// web01/2026-11-21-010000 keep: false quota last 1 of 1 reached at 2026-11-22-010000
	// web01/2026-11-20-010000 keep: false quota last 1 of 1 reached at 2026-11-22-010000
	// web01/2026-10-31-010000 keep: true monthly 2 of 2 (2026-10)
}
