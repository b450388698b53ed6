package retention_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
	"github.com/vmxsync/vmxsync/state/retention"
)

// every is a policy in which all calendar rules have work.
var every = config.Policy{
	KeepLast: 30, KeepHourly: 48, KeepDaily: 60, KeepWeekly: 52, KeepMonthly: 120, KeepYearly: -1,
	KeepWithinDaily: config.Span{Years: 1}, KeepOldest: true, MinKeep: 1, MaxCount: 1000,
}

// minutely are n sets, a minute apart, in no order.
func minutely(n int) []state.Set {
	sets := make([]state.Set, n)
	start := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range sets {
		stamp := state.NewStamp(start.Add(time.Duration(i*7919%n) * time.Minute))
		sets[i] = state.Set{Key: state.Key{VM: "Bart", Stamp: stamp}, State: state.Complete}
	}
	return sets
}

// One group of n, 2n and 4n sets.
func BenchmarkDecide(b *testing.B) {
	for _, n := range []int{250_000, 500_000, 1_000_000} {
		sets := minutely(n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				retention.Decide(every, sets, noon)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/set")
		})
	}
}

// 1,000,000 sets in 10,000 groups.
func BenchmarkDecide_manyGroups(b *testing.B) {
	sets := minutely(100)
	for b.Loop() {
		for range 10_000 {
			retention.Decide(every, sets, noon)
		}
	}
}
