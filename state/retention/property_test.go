package retention_test

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
	"github.com/vmxsync/vmxsync/state/retention"
)

// drawNow draws when a decision is made: around noon, in zones whose wall
// clocks show other days.
func drawNow(t *rapid.T) time.Time {
	zone := rapid.SampledFrom([]int{0, 0, -11, 13}).Draw(t, "zone")
	return noon.In(time.FixedZone("", zone*3600))
}

func wantNothingGone(t *rapid.T, r retention.Result) {
	if gone := removed(r); len(gone) > 0 {
		t.Fatalf("%v is removed", gone)
	}
}

func TestDecide_removesNothingBesideTheUnknown(t *testing.T) {
	check(t, func(t *rapid.T) {
		unknown := night(rapid.SampledFrom([]int{400, -3}).Draw(t, "night"), state.Unknown) // also one of the future
		sets := append(drawSets(t, pastStates...), unknown)
		wantNothingGone(t, retention.Decide(drawPolicy(t), sets, drawNow(t)))
	})
}

// What is not a candidate, future-dated complete sets among it, takes nothing
// away where nothing is one.
func TestDecide_removesNothingWhereNothingCounts(t *testing.T) {
	check(t, func(t *rapid.T) {
		sets := drawSets(t, state.Unmarked, state.Differs, state.Damaged, state.Incomplete)
		for i := range sets {
			sets[i].Trusted = false
		}
		for n := range rapid.IntRange(0, 3).Draw(t, "future") {
			sets = append(sets, night(-3-n, state.Complete))
		}
		wantNothingGone(t, retention.Decide(drawPolicy(t), sets, drawNow(t)))
	})
}

func TestDecide_neverRemovesAPin(t *testing.T) {
	check(t, func(t *rapid.T) {
		p, sets := drawPolicy(t), drawSets(t, pastStates...)
		for _, s := range sets {
			if rapid.IntRange(0, 3).Draw(t, "pinned") == 0 {
				p.Pins = append(p.Pins, config.Pin{Key: s.Key})
			}
		}
		gone := removed(retention.Decide(p, sets, drawNow(t)))
		for _, pin := range p.Pins {
			if gone[pin.Key] {
				t.Fatalf("%s is pinned and removed", pin.Key)
			}
		}
	})
}

// TestDecide_properties has neither future-dated sets nor zones.
func TestDecide_isStableBesideTheFuture(t *testing.T) {
	check(t, func(t *rapid.T) {
		p, now := drawPolicy(t), drawNow(t)
		sets := drawSets(t, pastStates...)
		for n := range rapid.IntRange(0, 4).Draw(t, "future") {
			sets = append(sets, night(-3-n, state.Complete))
		}
		r := retention.Decide(p, sets, now)
		if again := retention.Decide(p, rapid.Permutation(sets).Draw(t, "order"), now); !reflect.DeepEqual(again, r) {
			t.Fatalf("another order: got %v, want %v", again, r)
		}
		gone := removed(r)
		left := slices.DeleteFunc(sets, func(s state.Set) bool { return gone[s.Key] })
		wantNothingGone(t, retention.Decide(p, left, now))
	})
}

// An unlimited rule is the most that a rule can be raised to.
func TestDecide_unlimitedRemovesNoMore(t *testing.T) {
	check(t, func(t *rapid.T) {
		p, sets := drawPolicy(t), drawSets(t, pastStates...)
		p.KeepLast = max(p.KeepLast, 1) // a policy without a rule keeps everything
		p.MaxAge, p.MaxCount, p.MaxSize = config.Span{}, 0, 0
		gone := removed(retention.Decide(p, sets, noon))
		rules := []*int{&p.KeepLast, &p.KeepHourly, &p.KeepDaily, &p.KeepWeekly, &p.KeepMonthly, &p.KeepYearly}
		*rapid.SampledFrom(rules).Draw(t, "rule") = -1
		for k := range removed(retention.Decide(p, sets, noon)) {
			if !gone[k] {
				t.Fatalf("%+v removes %s as well", p, k)
			}
		}
	})
}

func TestDecide_reasonsAreWhole(t *testing.T) {
	check(t, func(t *rapid.T) {
		p, sets := drawPolicy(t), drawSets(t, pastStates...)
		active := activeNames(p)
		for _, d := range retention.Decide(p, sets, drawNow(t)).Decisions {
			if d.Keep {
				checkKept(t, d)
			} else {
				checkRemoved(t, d, active)
			}
		}
	})
}

// activeNames are the rules that a policy uses, in the order of the language.
func activeNames(p config.Policy) []string {
	var names []string
	for _, r := range []struct {
		name   string
		active bool
	}{
		{"last", p.KeepLast != 0}, {"hourly", p.KeepHourly != 0}, {"daily", p.KeepDaily != 0},
		{"weekly", p.KeepWeekly != 0}, {"monthly", p.KeepMonthly != 0}, {"yearly", p.KeepYearly != 0},
		{"within", p.KeepWithin != config.Span{}}, {"within_hourly", p.KeepWithinHourly != config.Span{}},
		{"within_daily", p.KeepWithinDaily != config.Span{}}, {"within_weekly", p.KeepWithinWeekly != config.Span{}},
		{"within_monthly", p.KeepWithinMonthly != config.Span{}}, {"within_yearly", p.KeepWithinYearly != config.Span{}},
	} {
		if r.active {
			names = append(names, r.name)
		}
	}
	return names
}

func checkKept(t *rapid.T, d retention.Decision) {
	if len(d.Reasons) == 0 {
		t.Fatalf("%s is kept without a reason", d.Key)
	}
	for _, r := range d.Reasons {
		if r.Code != retention.Selected || r.Rule == "" || r.Text == "" {
			t.Fatalf("%s is kept, and a reason is %+v", d.Key, r)
		}
	}
}

// checkRemoved wants one reason for each active rule, or one cap, or one that
// says what an upload that was begun came to.
func checkRemoved(t *rapid.T, d retention.Decision, active []string) {
	var names []string
	for _, r := range d.Reasons {
		if r.Code == retention.Selected || r.Text == "" {
			t.Fatalf("%s is removed, and a reason is %+v", d.Key, r)
		}
		names = append(names, r.Rule)
	}
	if len(names) == 1 && (d.Reasons[0].Code == retention.Cap || d.Reasons[0].Code == retention.Leftover) {
		return
	}
	if len(names) == 0 || !slices.Equal(names, active) {
		t.Fatalf("%s is removed by %q, want a reason of each of %q", d.Key, names, active)
	}
}
