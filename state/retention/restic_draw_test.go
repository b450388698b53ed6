package retention_test

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
)

// moreThanAll asks restic 0.14 for all: it has no word for that, and keeps
// nothing for -1.
const moreThanAll = "1000000"

// windows are durations as restic writes them, where m are months.
var windows = []string{"1h", "2h", "36h", "1d", "3d", "14d", "1m", "2m", "6m", "1y", "1y6m", "2y3m10d5h", "30y"}

// newest are the last snapshots of hosts: a night of DST on a 31st, a leap day,
// the end of an ISO week 53, and the begin of a year. They are long past: to
// restic, what comes after now is no end of a window.
var newest = map[string]time.Time{
	"dst":  time.Date(2024, 3, 31, 2, 30, 0, 0, time.UTC),
	"leap": time.Date(2024, 2, 29, 23, 59, 59, 0, time.UTC),
	"week": time.Date(2021, 1, 3, 23, 59, 59, 0, time.UTC),
	"year": time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC),
}

// odd are moments where snapshots crowd.
var odd = []time.Time{
	time.Date(2024, 10, 27, 2, 0, 0, 0, time.UTC),
	time.Date(2024, 3, 31, 2, 0, 0, 0, time.UTC),
	time.Date(2023, 10, 29, 3, 0, 0, 0, time.UTC),
	time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC),
	time.Date(2020, 2, 29, 12, 0, 0, 0, time.UTC),
	time.Date(2021, 1, 4, 0, 0, 0, 0, time.UTC), // the first second of 2021-W01
	time.Date(2019, 12, 30, 0, 0, 0, 0, time.UTC),
	time.Date(2016, 1, 3, 23, 0, 0, 0, time.UTC), // in 2015-W53
	time.Date(2023, 1, 1, 0, 0, 0, 0, time.UTC),
	time.Date(2017, 12, 31, 23, 30, 0, 0, time.UTC),
}

func drawSnapshots() map[string][]state.Stamp {
	r := rand.New(rand.NewPCG(0, 14))
	all := map[string][]state.Stamp{}
	for _, host := range slices.Sorted(maps.Keys(newest)) {
		all[host] = newestFirst(drawTimes(r, newest[host]), newest[host])
	}
	return all
}

// drawTimes crowds the begins of all windows, nights with gaps, odd moments,
// and some of ten years.
func drawTimes(r *rand.Rand, end time.Time) []time.Time {
	times := []time.Time{end}
	for _, w := range windows {
		span, _ := parseWindow(w)
		begin := span.Before(end)
		times = append(times, begin, begin.Add(time.Duration(1-2*r.IntN(2))*time.Second))
	}
	for night := range 40 {
		if r.IntN(4) > 0 {
			times = append(times, end.AddDate(0, 0, -night).Add(time.Duration(r.IntN(3600))*time.Second))
		}
	}
	steps := []time.Duration{time.Second, time.Minute, time.Hour, 24 * time.Hour, 7 * 24 * time.Hour}
	for range 25 {
		at, step := odd[r.IntN(len(odd))], steps[r.IntN(len(steps))]
		times = append(times, at.Add(time.Duration(r.IntN(7)-3)*step))
	}
	for range 10 {
		times = append(times, end.Add(-time.Duration(r.IntN(10*365*24*3600))*time.Second))
	}
	return times
}

// newestFirst leaves out what comes twice or after the end.
func newestFirst(times []time.Time, end time.Time) []state.Stamp {
	var stamps []state.Stamp
	for _, at := range times {
		if !at.After(end) {
			stamps = append(stamps, state.NewStamp(at))
		}
	}
	slices.Sort(stamps)
	stamps = slices.Compact(stamps)
	slices.Reverse(stamps)
	return stamps
}

// drawForgets makes the options of 200 policies of one rule to six, no two
// alike.
func drawForgets(unlimited string) []string {
	r := rand.New(rand.NewPCG(0, 15))
	rules := []string{
		"last", "hourly", "daily", "weekly", "monthly", "yearly",
		"within", "within-hourly", "within-daily", "within-weekly", "within-monthly", "within-yearly",
	}
	numbers := []string{"1", "2", "3", "5", "8", "24", unlimited}
	var all []string
	for len(all) < 200 {
		active := r.Perm(len(rules))[:1+min(r.IntN(6), r.IntN(6))]
		slices.Sort(active)
		var options []string
		for _, i := range active {
			value := numbers[r.IntN(len(numbers))]
			if strings.HasPrefix(rules[i], "within") {
				value = windows[r.IntN(len(windows))]
			}
			options = append(options, "--keep-"+rules[i], value)
		}
		if p := strings.Join(options, " "); !slices.Contains(all, p) {
			all = append(all, p)
		}
	}
	return all
}

// parseWindow reads a duration as restic writes it.
func parseWindow(text string) (config.Span, error) {
	return config.ParseSpan(strings.ReplaceAll(text, "m", "mo"))
}
