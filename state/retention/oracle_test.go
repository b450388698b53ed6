package retention_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/retention"
)

// oracle says which candidates the rules keep, slowly: it asks for each set
// alone, by what the rule means and not by a walk.
func oracle(p state.Policy, stamps []state.Stamp) map[state.Stamp]bool {
	slices.SortFunc(stamps, func(a, b state.Stamp) int { return b.Civil().Compare(a.Civil()) })
	kept := map[state.Stamp]bool{}
	for _, r := range oracleRules(p) {
		for i, s := range stamps {
			if r.keeps(stamps, i, p.KeepOldest) {
				kept[s] = true
			}
		}
	}
	return kept
}

// oracleRule keeps the newest set of a bucket, if fewer than n newer buckets
// have one, and all are inside the window.
type oracleRule struct {
	n      int
	span   state.Span
	bucket func(time.Time) [3]int
}

func (r oracleRule) keeps(stamps []state.Stamp, i int, oldest bool) bool {
	if !r.span.IsZero() {
		cutoff := r.span.Before(stamps[0].Civil())
		if !stamps[i].Civil().After(cutoff) {
			return false
		}
	}
	mine, newer := r.bucketOf(stamps, i), map[[3]int]bool{}
	for j := range i {
		newer[r.bucketOf(stamps, j)] = true
	}
	room := r.n < 0 || len(newer) < r.n
	if newer[mine] {
		return oldest && i == len(stamps)-1 && room
	}
	return room
}

func (r oracleRule) bucketOf(stamps []state.Stamp, i int) [3]int {
	if r.bucket == nil {
		return [3]int{i}
	}
	return r.bucket(stamps[i].Civil())
}

func oracleRules(p state.Policy) []oracleRule {
	hour := func(t time.Time) [3]int { return [3]int{t.Year(), t.YearDay(), t.Hour()} }
	day := func(t time.Time) [3]int { return [3]int{t.Year(), t.YearDay()} }
	week := func(t time.Time) [3]int { y, w := t.ISOWeek(); return [3]int{y, w} }
	month := func(t time.Time) [3]int { return [3]int{t.Year(), int(t.Month())} }
	year := func(t time.Time) [3]int { return [3]int{t.Year()} }
	var active []oracleRule
	for _, r := range []struct {
		n      int
		span   state.Span
		bucket func(time.Time) [3]int
	}{
		{p.KeepLast, p.KeepWithin, nil},
		{p.KeepHourly, p.KeepWithinHourly, hour},
		{p.KeepDaily, p.KeepWithinDaily, day},
		{p.KeepWeekly, p.KeepWithinWeekly, week},
		{p.KeepMonthly, p.KeepWithinMonthly, month},
		{p.KeepYearly, p.KeepWithinYearly, year},
	} {
		if r.n != 0 {
			active = append(active, oracleRule{n: r.n, bucket: r.bucket})
		}
		if !r.span.IsZero() {
			active = append(active, oracleRule{n: -1, span: r.span, bucket: r.bucket})
		}
	}
	return active
}

// Count, window and oldest rules keep what they mean, by a slow second opinion.
func TestDecide_keepsWhatTheRulesMean(t *testing.T) {
	check(t, func(t *rapid.T) {
		p, sets := drawRules(t), drawSets(t, state.Complete)
		p.MinKeep = 1
		var stamps []state.Stamp
		for _, s := range sets {
			stamps = append(stamps, s.Stamp)
		}
		want := oracle(p, stamps)
		for i, d := range retention.Decide(p, sets, noon).Decisions {
			keep := want[d.Key.Stamp] || i == 0 || len(oracleRules(p)) == 0
			if d.Keep != keep {
				t.Fatalf("%s: keep is %v, want %v: %v", d.Key.Stamp, d.Keep, keep, d.Reasons)
			}
		}
	})
}
