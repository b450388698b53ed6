package retention_test

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
	"github.com/vmxsync/vmxsync/state/retention"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// night is a set of the n-th night before noon, or after it where n is negative.
func night(n int, s state.State) state.Set {
	at := time.Date(2026, 11, 22-n, 1, 0, 0, 0, time.UTC)
	return state.Set{Key: state.Key{VM: "Bart", Stamp: state.NewStamp(at)}, State: s}
}

func nights(s state.State, ns ...int) []state.Set {
	var sets []state.Set
	for _, n := range ns {
		sets = append(sets, night(n, s))
	}
	return sets
}

// say writes decisions as "+21 last 1 of 3".
func say(r retention.Result) []string {
	var lines []string
	for _, d := range r.Decisions {
		sign := "-"
		if d.Keep {
			sign = "+"
		}
		line := sign + string(d.Key.Stamp[8:10])
		for _, reason := range d.Reasons {
			line += " " + reason.Text + ";"
		}
		lines = append(lines, line)
	}
	return lines
}

func TestDecide_keepsNewestWithReasons(t *testing.T) {
	sets := nights(state.Complete, 1, 2, 3, 4)
	got := say(retention.Decide(config.Policy{KeepLast: 3, MinKeep: 1}, sets, noon))
	want := []string{
		"+21 last 1 of 3;", "+20 last 2 of 3;", "+19 last 3 of 3;",
		"-18 quota last 3 of 3 reached at 2026-11-19-010000;",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestDecide_removedReasonHasNumbers(t *testing.T) {
	r := retention.Decide(config.Policy{KeepLast: 1, MinKeep: 1}, nights(state.Complete, 1, 2), noon)
	got := r.Decisions[1].Reasons
	want := []retention.Reason{{
		Rule: "last", Code: "quota", N: 1, Of: 1, By: "2026-11-21-010000",
		Text: "quota last 1 of 1 reached at 2026-11-21-010000",
	}}
	if !slices.Equal(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestDecide_floorOutranksRules(t *testing.T) {
	got := say(retention.Decide(config.Policy{KeepLast: 1, MinKeep: 2}, nights(state.Complete, 1, 2, 3), noon))
	want := []string{"+21 last 1 of 1;", "+20 min_keep 2 of 2;", "-19 quota last 1 of 1 reached at 2026-11-21-010000;"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestDecide_unlimitedAndNoRuleKeepAll(t *testing.T) {
	for _, keep := range []int{-1, 0} {
		r := retention.Decide(config.Policy{KeepLast: keep}, nights(state.Complete, 1, 2, 3), noon)
		if i := slices.IndexFunc(r.Decisions, func(d retention.Decision) bool { return !d.Keep }); i >= 0 {
			t.Errorf("keep_last = %d removes %s", keep, r.Decisions[i].Key)
		}
	}
}

func TestDecide_keepsUncountedBesides(t *testing.T) {
	for _, s := range []state.State{state.Unmarked, state.Differs, state.Damaged} {
		sets := append(nights(state.Complete, 2, 3), night(1, s))
		got := say(retention.Decide(config.Policy{KeepLast: 1, MinKeep: 1}, sets, noon))
		want := []string{"+21 " + string(s) + ";", "+20 last 1 of 1;", "-19 quota last 1 of 1 reached at 2026-11-20-010000;"}
		if !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", s, got, want)
		}
	}
}

func TestDecide_countsTrusted(t *testing.T) {
	trusted := night(1, state.Unmarked)
	trusted.Trusted = true
	got := say(retention.Decide(config.Policy{KeepLast: 1, MinKeep: 1}, []state.Set{night(2, state.Complete), trusted}, noon))
	want := []string{"+21 last 1 of 1;", "-20 quota last 1 of 1 reached at 2026-11-21-010000;"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestDecide_unknownHoldsTheGroup(t *testing.T) {
	sets := append(nights(state.Complete, 1, 2, 3), night(9, state.Unknown))
	r := retention.Decide(config.Policy{KeepLast: 1, MinKeep: 1}, sets, noon)
	for _, d := range r.Decisions {
		if !d.Keep {
			t.Errorf("%s is removed beside an unknown set", d.Key)
		}
	}
	if len(r.Notices) != 1 || r.Notices[0] != "unknown" {
		t.Errorf("got notices %v, want one of code unknown", r.Notices)
	}
}

func TestDecide_futureDated(t *testing.T) {
	policy := config.Policy{KeepLast: 1, MinKeep: 1}
	got := say(retention.Decide(policy, nights(state.Complete, -3, 1, 2), noon))
	want := []string{"+25 future-dated;", "+21 last 1 of 1;", "-20 quota last 1 of 1 reached at 2026-11-21-010000;"}
	if !slices.Equal(got, want) {
		t.Errorf("one of three: got %q, want %q", got, want)
	}
	r := retention.Decide(policy, nights(state.Complete, -3, -4, -5, 1, 2), noon)
	for _, d := range r.Decisions {
		if !d.Keep {
			t.Errorf("three of five: %s is removed", d.Key)
		}
	}
}

func TestDecide_futureIsJudgedByWallClock(t *testing.T) {
	auckland := time.FixedZone("", 13*3600)
	set := state.Set{Key: state.Key{VM: "Bart", Stamp: "2026-11-24-000000"}, State: state.Complete}
	for _, c := range []struct {
		now  time.Time
		want string
	}{
		{noon, "future-dated"},
		{noon.In(auckland), "last"}, // 2026-11-23 01:00 there
	} {
		r := retention.Decide(config.Policy{KeepLast: 1, MinKeep: 1}, []state.Set{set}, c.now)
		if got := r.Decisions[0].Reasons[0].Rule; got != c.want {
			t.Errorf("at %s: got rule %s, want %s", c.now, got, c.want)
		}
	}
}

func TestDecide_futureBeginsAfterExactlyOneDay(t *testing.T) {
	for stamp, want := range map[state.Stamp]string{"2026-11-23-120000": "last", "2026-11-23-120001": "future-dated"} {
		set := state.Set{Key: state.Key{VM: "Bart", Stamp: stamp}, State: state.Complete}
		r := retention.Decide(config.Policy{KeepLast: 1}, []state.Set{set}, noon)
		if got := r.Decisions[0].Reasons[0].Rule; got != want {
			t.Errorf("%s: got rule %s, want %s", stamp, got, want)
		}
	}
}

func TestDecide_saysThatNothingCounts(t *testing.T) {
	r := retention.Decide(config.Policy{KeepLast: 1}, nights(state.Unmarked, 1, 2), noon)
	if len(r.Notices) != 1 || r.Notices[0] != "no-candidate" {
		t.Errorf("got notices %v, want one of code no-candidate", r.Notices)
	}
}

func removed(r retention.Result) map[state.Key]bool {
	gone := map[state.Key]bool{}
	for _, d := range r.Decisions {
		if !d.Keep {
			gone[d.Key] = true
		}
	}
	return gone
}

func TestDecide_properties(t *testing.T) {
	check(t, func(t *rapid.T) {
		p, sets := drawPolicy(t), drawSets(t, pastStates...)
		r := retention.Decide(p, sets, noon)
		gone := removed(r)
		checkReasons(t, r, sets)
		checkFloor(t, p, sets, gone)

		left := slices.DeleteFunc(slices.Clone(sets), func(s state.Set) bool { return gone[s.Key] })
		if again := removed(retention.Decide(p, left, noon)); len(again) > 0 {
			t.Fatalf("deciding again removes %v", again)
		}
		shuffled := slices.Clone(sets)
		rand.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		if again := retention.Decide(p, shuffled, noon); !reflect.DeepEqual(again, r) {
			t.Fatalf("another order: got %v, want %v", again, r)
		}
	})
}

// Without caps, a rule that keeps more never lets more go.
func TestDecide_raisingARuleRemovesNoMore(t *testing.T) {
	check(t, func(t *rapid.T) {
		p, sets := drawPolicy(t), drawSets(t, pastStates...)
		p.KeepLast = max(p.KeepLast, 1) // a policy without a rule keeps everything
		p.MaxAge, p.MaxCount, p.MaxSize = config.Span{}, 0, 0
		gone := removed(retention.Decide(p, sets, noon))
		raise(t, &p)
		for k := range removed(retention.Decide(p, sets, noon)) {
			if !gone[k] {
				t.Fatalf("%+v removes %s as well", p, k)
			}
		}
	})
}

// raise lets one rule keep more.
func raise(t *rapid.T, p *config.Policy) {
	numbers := []*int{&p.KeepLast, &p.KeepHourly, &p.KeepDaily, &p.KeepWeekly, &p.KeepMonthly, &p.KeepYearly, &p.MinKeep}
	spans := []*config.Span{&p.KeepWithin, &p.KeepWithinHourly, &p.KeepWithinDaily, &p.KeepWithinWeekly, &p.KeepWithinMonthly, &p.KeepWithinYearly, &p.MinAge}
	if i := rapid.IntRange(0, len(numbers)+len(spans)-1).Draw(t, "rule"); i < len(numbers) {
		if *numbers[i] >= 0 {
			*numbers[i] += rapid.IntRange(1, 3).Draw(t, "by")
		}
	} else {
		spans[i-len(numbers)].Days += rapid.IntRange(1, 40).Draw(t, "days")
	}
}

// A cap is kept, but for what the floor holds.
func TestDecide_capsHold(t *testing.T) {
	check(t, func(t *rapid.T) {
		p, sets := drawPolicy(t), drawSets(t, state.Complete)
		p.MaxCount = rapid.IntRange(1, 10).Draw(t, "max_count")
		kept, guarded := 0, 0
		for i, d := range retention.Decide(p, sets, noon).Decisions {
			if d.Keep {
				kept++
			}
			if d.Keep && (i < p.MinKeep || isGuarded(p, d.Key)) {
				guarded++
			}
		}
		if kept > max(p.MaxCount, guarded) {
			t.Fatalf("%d sets are kept, max_count is %d, and %d are guarded", kept, p.MaxCount, guarded)
		}
	})
}

func isGuarded(p config.Policy, k state.Key) bool {
	young := !p.MinAge.IsZero() && !k.Stamp.Civil().Before(p.MinAge.Before(noon))
	return young || slices.ContainsFunc(p.Pins, func(pin config.Pin) bool { return pin.Key == k })
}

func checkReasons(t *rapid.T, r retention.Result, sets []state.Set) {
	if len(r.Decisions) != len(sets) {
		t.Fatalf("got %d decisions, want %d", len(r.Decisions), len(sets))
	}
	for _, d := range r.Decisions {
		if len(d.Reasons) == 0 || d.Reasons[0].Text == "" {
			t.Fatalf("%s: no reason", d.Key)
		}
		if selected := d.Reasons[0].Code == retention.Selected; selected != d.Keep {
			t.Fatalf("%s: keep is %v, reason %+v", d.Key, d.Keep, d.Reasons[0])
		}
	}
}

// checkFloor proves that only counted sets go, and never the newest min_keep.
func checkFloor(t *rapid.T, p config.Policy, sets []state.Set, gone map[state.Key]bool) {
	byAge := slices.Clone(sets)
	slices.SortFunc(byAge, func(a, b state.Set) int { return b.Compare(a.Key) })
	counted := 0
	for _, s := range byAge {
		if gone[s.Key] && s.State != state.Incomplete && (!s.Counted() || isGuarded(p, s.Key)) {
			t.Fatalf("%s, %s, is removed", s.Key, s.State)
		}
		if !s.Counted() {
			continue
		}
		if counted++; counted <= p.MinKeep && gone[s.Key] {
			t.Fatalf("%s is removed, the newest but %d", s.Key, counted-1)
		}
	}
}

func TestDecide_futureDatedChangeNothingElse(t *testing.T) {
	check(t, func(t *rapid.T) {
		p, sets := drawPolicy(t), drawSets(t, pastStates...)
		want := removed(retention.Decide(p, sets, noon))
		for i := range rapid.IntRange(0, len(sets)).Draw(t, "future") {
			sets = append(sets, night(-2-i, rapid.SampledFrom(pastStates).Draw(t, "state")))
		}
		if got := removed(retention.Decide(p, sets, noon)); !reflect.DeepEqual(got, want) {
			t.Fatalf("got %v, want %v", got, want)
		}
	})
}
