package drill_test

import (
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/diff/drill"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
)

var now = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func quarterly() config.Drill {
	return config.Drill{Name: "quarterly", From: []string{"nas", "usb"}, VMs: []string{"*"}, Pick: config.OldestUndrilled, Every: config.Span{Days: 90}}
}

func held(name, vm string, daysAgo int, v state.Verdict) state.Drill {
	return state.Drill{Key: state.Key{VM: vm, Stamp: "2026-11-01-010000"}, Name: name, Verdict: v, Began: now.AddDate(0, 0, -daysAgo)}
}

func TestWhen(t *testing.T) {
	for _, c := range []struct {
		why  string
		held []drill.Held
		due  bool
		next time.Time
	}{
		{"never held", nil, true, time.Time{}},
		{"of another name", []drill.Held{{"nas", held("other", "a", 1, state.Passed)}}, true, time.Time{}},
		{"at another place", []drill.Held{{"tape", held("quarterly", "a", 1, state.Passed)}}, true, time.Time{}},
		{"passed lately", []drill.Held{{"nas", held("quarterly", "a", 1, state.Passed)}}, false, now.AddDate(0, 0, 89)},
		{"passed long ago", []drill.Held{{"nas", held("quarterly", "a", 90, state.Passed)}}, true, now},
		{"failed lately", []drill.Held{{"nas", held("quarterly", "a", 1, state.Failed)}, {"usb", held("quarterly", "b", 2, state.Passed)}}, true, time.Time{}},
		{"failed before it passed", []drill.Held{{"nas", held("quarterly", "a", 3, state.Failed)}, {"usb", held("quarterly", "b", 2, state.Passed)}}, false, now.AddDate(0, 0, 88)},
		{"by a clock that is years ahead", []drill.Held{{"nas", held("quarterly", "a", -900, state.Passed)}}, true, time.Time{}},
	} {
		got := drill.When(quarterly(), c.held, now)
		if got.Due != c.due || !got.Next.Equal(c.next) {
			t.Errorf("%s: got %+v, want due %t, next %v", c.why, got, c.due, c.next)
		}
	}
}

func complete(vm, stamp string, bytes int64) state.Set {
	return state.Set{Key: state.Key{VM: vm, Stamp: state.Stamp(stamp)}, State: state.Complete, Files: []state.File{{Path: "a", Size: bytes}}}
}

func TestChoose(t *testing.T) {
	sets := []state.Set{
		complete("a", "2026-11-20-010000", 10), complete("a", "2026-11-21-010000", 20),
		complete("b", "2026-11-21-010000", 30), complete("c", "2026-11-21-010000", 5),
		{Key: state.Key{VM: "d", Stamp: "2026-11-21-010000"}, State: state.Damaged},
	}
	for _, c := range []struct {
		why    string
		change func(*config.Drill)
		drills []state.Drill
		want   string
	}{
		{"none was drilled: by name", nil, nil, "a/2026-11-21-010000"},
		{"undrilled first", nil, []state.Drill{held("quarterly", "a", 300, state.Passed)}, "b/2026-11-21-010000"},
		{"another drill does not count", nil, []state.Drill{held("other", "a", 300, state.Passed)}, "a/2026-11-21-010000"},
		{"then the oldest", nil, []state.Drill{held("quarterly", "a", 3, state.Passed), held("quarterly", "b", 7, state.Passed), held("quarterly", "c", 5, state.Passed), held("quarterly", "b", 2, state.Passed)}, "c/2026-11-21-010000"},
		{"what failed comes again", nil, []state.Drill{held("quarterly", "c", 1, state.Failed)}, "c/2026-11-21-010000"},
		{"unless it has passed since", nil, []state.Drill{held("quarterly", "a", 2, state.Failed), held("quarterly", "a", 1, state.Passed)}, "b/2026-11-21-010000"},
		{"the largest", func(d *config.Drill) { d.Pick = config.Largest }, nil, "b/2026-11-21-010000"},
		{"some", func(d *config.Drill) { d.VMs = []string{"c"} }, nil, "c/2026-11-21-010000"},
	} {
		d := quarterly()
		if c.change != nil {
			c.change(&d)
		}
		got, err := drill.Choose(d, []drill.Holding{{Place: "nas", Sets: sets, Drills: c.drills}}, now)
		if err != nil || got.Key.String() != c.want || got.Place != "nas" {
			t.Errorf("%s: got %s at %s, %v; want %s", c.why, got.Key, got.Place, err, c.want)
		}
	}
	d := quarterly()
	d.VMs = []string{"d", "e"}
	if got, err := drill.Choose(d, []drill.Holding{{Place: "nas", Sets: sets}}, now); err == nil {
		t.Errorf("got %+v, want none: the set is damaged", got)
	}
}
