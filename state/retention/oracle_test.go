package retention_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
	"github.com/vmxsync/vmxsync/state/retention"
)

// oracle says which candidates the rules keep, slowly: it asks for each set
// alone, by what the rule means and not by a walk.
func oracle(p config.Policy, stamps []state.Stamp) map[state.Stamp]bool {
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
	name   string
	n      int
	span   config.Span
	bucket func(time.Time) [3]int
	write  func(time.Time) string // the bucket in reasons
}

func (r oracleRule) keeps(stamps []state.Stamp, i int, oldest bool) bool {
	if !r.reaches(stamps, i) {
		return false
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

func oracleRules(p config.Policy) []oracleRule {
	hour := func(t time.Time) [3]int { return [3]int{t.Year(), t.YearDay(), t.Hour()} }
	day := func(t time.Time) [3]int { return [3]int{t.Year(), t.YearDay()} }
	week := func(t time.Time) [3]int { y, w := t.ISOWeek(); return [3]int{y, w} }
	month := func(t time.Time) [3]int { return [3]int{t.Year(), int(t.Month())} }
	year := func(t time.Time) [3]int { return [3]int{t.Year()} }
	layout := func(l string) func(time.Time) string { return func(t time.Time) string { return t.Format(l) } }
	iso := func(t time.Time) string { y, w := t.ISOWeek(); return fmt.Sprintf("%d-W%02d", y, w) }
	var counts, windows []oracleRule
	for _, r := range []struct {
		name   string
		n      int
		span   config.Span
		bucket func(time.Time) [3]int
		write  func(time.Time) string
	}{
		{"last", p.KeepLast, p.KeepWithin, nil, nil},
		{"hourly", p.KeepHourly, p.KeepWithinHourly, hour, layout("2006-01-02-15")},
		{"daily", p.KeepDaily, p.KeepWithinDaily, day, layout("2006-01-02")},
		{"weekly", p.KeepWeekly, p.KeepWithinWeekly, week, iso},
		{"monthly", p.KeepMonthly, p.KeepWithinMonthly, month, layout("2006-01")},
		{"yearly", p.KeepYearly, p.KeepWithinYearly, year, layout("2006")},
	} {
		if r.n != 0 {
			counts = append(counts, oracleRule{name: r.name, n: r.n, bucket: r.bucket, write: r.write})
		}
		if !r.span.IsZero() {
			name := "within_" + r.name
			if r.bucket == nil {
				name = "within"
			}
			windows = append(windows, oracleRule{name: name, n: -1, span: r.span, bucket: r.bucket, write: r.write})
		}
	}
	return append(counts, windows...)
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

// said is what a rule says of one set, without its text.
type said struct {
	rule, code, bucket, cutoff, by string
	n, of                          int
}

// says is what this rule means for the i-th newest set: it is chosen as the
// n-th, or names the set that took its place, or begins after it.
func (r oracleRule) says(stamps []state.Stamp, i int) said {
	if !r.reaches(stamps, i) {
		return said{rule: r.name, code: retention.Outside, cutoff: r.cutoffOf(stamps)}
	}
	var chosen []state.Stamp // that this rule chose up to here, newest first
	for j := range i {
		if r.keeps(stamps, j, false) {
			chosen = append(chosen, stamps[j])
		}
	}
	if r.keeps(stamps, i, false) {
		return said{rule: r.name, code: retention.Selected, bucket: r.named(stamps[i]), cutoff: r.cutoffOf(stamps), n: len(chosen) + 1, of: r.n}
	}
	last := chosen[len(chosen)-1]
	if r.bucket != nil && r.bucket(last.Civil()) == r.bucket(stamps[i].Civil()) {
		return said{rule: r.name, code: retention.Superseded, bucket: r.named(stamps[i]), by: string(last)}
	}
	return said{rule: r.name, code: retention.Quota, by: string(last), n: r.n, of: r.n}
}

func (r oracleRule) reaches(stamps []state.Stamp, i int) bool {
	return r.span.IsZero() || string(stamps[i]) > r.cutoffOf(stamps)
}

// cutoffOf takes off the date first, and then the hours.
func (r oracleRule) cutoffOf(stamps []state.Stamp) string {
	if r.span.IsZero() {
		return ""
	}
	date := stamps[0].Civil().AddDate(-r.span.Years, -r.span.Months, -7*r.span.Weeks-r.span.Days)
	return date.Add(-time.Duration(r.span.Hours) * time.Hour).Format("2006-01-02-150405")
}

// named is the bucket as reasons write it.
func (r oracleRule) named(s state.Stamp) string {
	if r.bucket == nil {
		return ""
	}
	return r.write(s.Civil())
}

// Every reason of a count or window rule, kept or removed, names the number,
// the bucket, the cutoff and the set that it means.
func TestDecide_reasonsSayWhatTheRulesMean(t *testing.T) {
	check(t, func(t *rapid.T) {
		p, sets := drawRules(t), drawSets(t, state.Complete)
		rules := oracleRules(p)
		if len(rules) == 0 {
			t.Skip("nothing is thinned")
		}
		var stamps []state.Stamp
		for _, s := range sets {
			stamps = append(stamps, s.Stamp)
		}
		slices.Sort(stamps)
		slices.Reverse(stamps)
		for i, d := range retention.Decide(p, sets, noon).Decisions {
			got := saidBy(d.Reasons)
			for _, r := range rules {
				want := r.says(stamps, i)
				if kept := want.code == retention.Selected; kept || !d.Keep {
					if !slices.Contains(got, want) {
						t.Fatalf("%s: got %+v, want %+v among it", d.Key.Stamp, got, want)
					}
				} else if slices.ContainsFunc(got, func(s said) bool { return s.rule == r.name }) {
					t.Fatalf("%s: %s speaks of a set that it does not keep: %+v", d.Key.Stamp, r.name, got)
				}
			}
		}
	})
}

func saidBy(reasons []retention.Reason) []said {
	var all []said
	for _, r := range reasons {
		all = append(all, said{r.Rule, r.Code, r.Bucket, r.Cutoff, r.By, r.N, r.Of})
	}
	return all
}
