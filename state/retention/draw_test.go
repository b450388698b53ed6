package retention_test

import (
	"flag"
	"os"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/vmxsync/vmxsync/providers/providertest"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
)

// check is rapid.Check with 2,000 cases, with 200 in a thin test, and with 100,000 in
// make soak.
func check(t *testing.T, property func(*rapid.T)) {
	t.Helper()
	cases := "2000"
	switch {
	case os.Getenv("VMXSYNC_SOAK") != "":
		cases = "100000"
	case providertest.Thin():
		cases = "200"
	}
	f := flag.Lookup("rapid.checks")
	was := f.Value.String()
	if err := f.Value.Set(cases); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Value.Set(was) }()
	rapid.Check(t, property)
}

// moments are where calendars are odd: the ends of years and ISO weeks, leap
// days, the hours that DST repeats and skips, and the night before noon.
var moments = []time.Time{
	time.Date(2026, 11, 22, 1, 0, 0, 0, time.UTC),
	time.Date(2026, 10, 25, 2, 30, 0, 0, time.UTC),
	time.Date(2026, 3, 29, 2, 30, 0, 0, time.UTC),
	time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC),
	time.Date(2021, 1, 3, 23, 59, 59, 0, time.UTC), // 2020-W53
	time.Date(2024, 2, 29, 12, 0, 0, 0, time.UTC),
	time.Date(2019, 12, 31, 23, 0, 0, 0, time.UTC), // 2020-W01
}

// drawSets makes a group of past sets in random states and random order, many
// of them close together.
func drawSets(t *rapid.T, states ...state.State) []state.Set {
	seen := map[state.Stamp]bool{}
	var sets []state.Set
	for range rapid.IntRange(0, 30).Draw(t, "sets") {
		at := rapid.SampledFrom(moments).Draw(t, "moment")
		step := rapid.SampledFrom([]time.Duration{time.Second, time.Hour, 24 * time.Hour, 7 * 24 * time.Hour, 31 * 24 * time.Hour}).Draw(t, "step")
		stamp := state.NewStamp(at.Add(-step * time.Duration(rapid.IntRange(0, 40).Draw(t, "steps"))))
		if seen[stamp] {
			continue
		}
		seen[stamp] = true
		s := state.Set{Key: state.Key{VM: "Bart", Stamp: stamp}, State: rapid.SampledFrom(states).Draw(t, "state")}
		s.Trusted = s.State == state.Unmarked && rapid.Bool().Draw(t, "trusted")
		s.Files = []state.File{{Path: "disk", Size: rapid.Int64Range(-1, 40).Draw(t, "size")}}
		sets = append(sets, s)
	}
	return sets
}

// drawRules draws what keeps: nothing, one rule or several.
func drawRules(t *rapid.T) config.Policy {
	number := func(name string) int { return rapid.SampledFrom([]int{0, 0, 0, 1, 2, 3, 5, -1}).Draw(t, name) }
	span := func(name string) config.Span {
		texts := []string{"", "", "", "", "1h", "36h", "3d", "2w", "1mo", "1y6mo2w3d12h"}
		s, _ := config.ParseSpan(rapid.SampledFrom(texts).Draw(t, name))
		return s
	}
	return config.Policy{
		KeepLast: number("last"), KeepHourly: number("hourly"), KeepDaily: number("daily"),
		KeepWeekly: number("weekly"), KeepMonthly: number("monthly"), KeepYearly: number("yearly"),
		KeepWithin: span("within"), KeepWithinHourly: span("within_hourly"), KeepWithinDaily: span("within_daily"),
		KeepWithinWeekly: span("within_weekly"), KeepWithinMonthly: span("within_monthly"), KeepWithinYearly: span("within_yearly"),
		KeepOldest: rapid.Bool().Draw(t, "keep_oldest"),
	}
}

// drawPolicy adds floor, caps and pins.
func drawPolicy(t *rapid.T) config.Policy {
	p := drawRules(t)
	p.MinKeep = rapid.IntRange(1, 3).Draw(t, "min_keep")
	p.MinAge.Days = rapid.SampledFrom([]int{0, 0, 1, 40}).Draw(t, "min_age")
	p.MaxAge.Months = rapid.SampledFrom([]int{0, 0, 1, 12}).Draw(t, "max_age")
	p.MaxCount = rapid.SampledFrom([]int{0, 0, 2, 5}).Draw(t, "max_count")
	p.MaxSize = rapid.SampledFrom([]int64{0, 0, 50, 200}).Draw(t, "max_size")
	for range rapid.IntRange(0, 2).Draw(t, "pins") {
		at := rapid.SampledFrom(moments).Draw(t, "pin")
		p.Pins = append(p.Pins, config.Pin{Key: state.Key{VM: "Bart", Stamp: state.NewStamp(at)}})
	}
	return p
}

var pastStates = []state.State{
	state.Complete, state.Complete, state.Complete, state.Unmarked, state.Differs, state.Damaged, state.Incomplete,
}
