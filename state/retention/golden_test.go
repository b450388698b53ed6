package retention_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/config"
	"github.com/vmxsync/vmxsync/state/retention"
)

// Each row: a policy, the times of complete sets, and what is said of each,
// newest first.
func TestDecide_saysWhy(t *testing.T) {
	span := func(text string) config.Span {
		s, err := config.ParseSpan(text)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	for _, tt := range []struct {
		name   string
		policy config.Policy
		sets   string
		want   string
	}{{
		name:   "hours are those of the name, also where DST repeats one",
		policy: config.Policy{KeepHourly: 2},
		sets:   "2026-10-25-023000 2026-10-25-021500 2026-10-25-015959 2026-10-25-005959",
		want: `+ hourly 1 of 2 (2026-10-25-02)
- superseded in 2026-10-25-02 by 2026-10-25-023000
+ hourly 2 of 2 (2026-10-25-01)
- quota hourly 2 of 2 reached at 2026-10-25-015959`,
	}, {
		name:   "days that have a set",
		policy: config.Policy{KeepDaily: 7},
		sets:   "2026-11-20-230000 2026-11-20-010000 2026-06-01-010000 2026-03-18-010000",
		want: `+ daily 1 of 7 (2026-11-20)
- superseded in 2026-11-20 by 2026-11-20-230000
+ daily 2 of 7 (2026-06-01)
+ daily 3 of 7 (2026-03-18)`,
	}, {
		name:   "two sets in neighbouring seconds",
		policy: config.Policy{KeepLast: 1},
		sets:   "2026-11-20-000001 2026-11-20-000000",
		want: `+ last 1 of 1
- quota last 1 of 1 reached at 2026-11-20-000001`,
	}, {
		name:   "ISO weeks over the end of a year, and week 53",
		policy: config.Policy{KeepWeekly: -1},
		sets:   "2021-01-04-000000 2021-01-03-235959 2020-12-31-010000 2019-12-30-010000 2019-12-29-010000",
		want: `+ weekly 1, unlimited (2021-W01)
+ weekly 2, unlimited (2020-W53)
- superseded in 2020-W53 by 2021-01-03-235959
+ weekly 3, unlimited (2020-W01)
+ weekly 4, unlimited (2019-W52)`,
	}, {
		name:   "months and years, with reasons of both",
		policy: config.Policy{KeepMonthly: 1, KeepYearly: 1},
		sets:   "2026-01-01-000000 2025-12-31-235959",
		want: `+ monthly 1 of 1 (2026-01); yearly 1 of 1 (2026)
- quota monthly 1 of 1 reached at 2026-01-01-000000; quota yearly 1 of 1 reached at 2026-01-01-000000`,
	}, {
		name:   "a removed set is told by each rule",
		policy: config.Policy{KeepLast: 1, KeepMonthly: 2},
		sets:   "2026-11-19-010000 2026-08-30-010000 2026-08-02-010000",
		want: `+ last 1 of 1; monthly 1 of 2 (2026-11)
+ monthly 2 of 2 (2026-08)
- quota last 1 of 1 reached at 2026-11-19-010000; superseded in 2026-08 by 2026-08-30-010000`,
	}, {
		name:   "a window ends at the newest set and leaves out its own begin",
		policy: config.Policy{KeepWithin: span("3d")},
		sets:   "2026-05-10-120000 2026-05-07-120001 2026-05-07-120000",
		want: `+ within 3d (since 2026-05-07-120000)
+ within 3d (since 2026-05-07-120000)
- older than the window that begins 2026-05-07-120000`,
	}, {
		name:   "a window of a month from the 31st, at midnight",
		policy: config.Policy{KeepWithinDaily: span("1mo")},
		sets:   "2026-03-31-000000 2026-03-03-000001 2026-03-03-000000 2026-03-01-000000",
		want: `+ within_daily 1mo (2026-03-31)
+ within_daily 1mo (2026-03-03)
- older than the window that begins 2026-03-03
- older than the window that begins 2026-03-03`,
	}, {
		name:   "the oldest stays while a rule has quota left",
		policy: config.Policy{KeepYearly: 3, KeepOldest: true},
		sets:   "2026-11-20-010000 2026-06-01-010000 2026-01-05-010000",
		want: `+ yearly 1 of 3 (2026)
- superseded in 2026 by 2026-11-20-010000
+ oldest (yearly)`,
	}, {
		name:   "and goes where it has not",
		policy: config.Policy{KeepYearly: 1, KeepOldest: true},
		sets:   "2026-11-20-010000 2026-01-05-010000",
		want: `+ yearly 1 of 1 (2026)
- superseded in 2026 by 2026-11-20-010000`,
	}, {
		name:   "the floor speaks where nothing else does",
		policy: config.Policy{KeepLast: 1, MinKeep: 2, MinAge: span("3d")},
		sets:   "2026-11-21-010000 2026-11-20-010000 2026-11-19-120000 2026-11-19-115959",
		want: `+ last 1 of 1
+ min_keep 2 of 2
+ min_age 3d (since 2026-11-19-120000)
- quota last 1 of 1 reached at 2026-11-21-010000`,
	}, {
		name:   "max_age counts from now, and leaves the boundary",
		policy: config.Policy{MaxAge: span("1y")},
		sets:   "2026-11-21-010000 2025-11-22-120000 2025-11-22-115959",
		want: `+ keep_all
+ keep_all
- max_age 1y: older than 2025-11-22-120000`,
	}, {
		name:   "max_count goes round pins and floor",
		policy: config.Policy{MaxCount: 1, MinKeep: 2, Pins: []config.Pin{{Key: state.Key{VM: "Bart", Stamp: "2024-03-01-020000"}, Reason: "before the migration"}}},
		sets:   "2026-11-21-010000 2026-11-20-010000 2026-11-19-010000 2024-03-01-020000",
		want: `+ keep_all; min_keep 1 of 2
+ keep_all; min_keep 2 of 2
- max_count 1: 4 would be kept
+ keep_all; pinned: before the migration`,
	}, {
		name:   "a leap day is a day",
		policy: config.Policy{KeepDaily: 2, KeepWithinYearly: span("1y")},
		sets:   "2024-02-29-010000 2024-02-28-010000 2023-03-01-010000",
		want: `+ daily 1 of 2 (2024-02-29); within_yearly 1y (2024)
+ daily 2 of 2 (2024-02-28)
- quota daily 2 of 2 reached at 2024-02-28-010000; older than the window that begins 2023-03-01-010000`,
	}, {
		name:   "a window that begins at a midnight",
		policy: config.Policy{KeepWithinMonthly: span("8mo"), KeepWithinWeekly: span("1w")},
		sets:   "2026-11-01-000000 2026-10-25-000001 2026-03-01-000001 2026-03-01-000000",
		want: `+ within_weekly 1w (2026-W44); within_monthly 8mo (2026-11)
+ within_weekly 1w (2026-W43); within_monthly 8mo (2026-10)
+ within_monthly 8mo (2026-03)
- older than the window that begins 2026-10-25; older than the window that begins 2026-03-01`,
	}, {
		name:   "a window of hours, and one set of each hour in it",
		policy: config.Policy{KeepWithinHourly: span("2h")},
		sets:   "2026-03-01-010000 2026-03-01-003000 2026-03-01-000000 2026-02-28-230000",
		want: `+ within_hourly 2h (2026-03-01-01)
+ within_hourly 2h (2026-03-01-00)
- superseded in 2026-03-01-00 by 2026-03-01-003000
- older than the window that begins 2026-02-28-230000`,
	}, {
		name:   "a window of a year over a leap day ends on 1 March",
		policy: config.Policy{KeepWithin: span("1y")},
		sets:   "2024-02-29-000000 2023-03-01-000001 2023-03-01-000000",
		want: `+ within 1y (since 2023-03-01)
+ within 1y (since 2023-03-01)
- older than the window that begins 2023-03-01`,
	}, {
		name:   "the last place of a rule is named for all that come after",
		policy: config.Policy{KeepLast: 3},
		sets:   "2026-11-21-010000 2026-11-20-010000 2026-11-19-010000 2026-11-18-010000 2026-11-17-010000",
		want: `+ last 1 of 3
+ last 2 of 3
+ last 3 of 3
- quota last 3 of 3 reached at 2026-11-19-010000
- quota last 3 of 3 reached at 2026-11-19-010000`,
	}, {
		name:   "the oldest stays in a window, and goes outside it",
		policy: config.Policy{KeepWithinYearly: span("1y"), KeepOldest: true},
		sets:   "2026-11-20-010000 2026-06-01-010000 2026-01-05-010000",
		want: `+ within_yearly 1y (2026)
- superseded in 2026 by 2026-11-20-010000
+ oldest (within_yearly)`,
	}, {
		name:   "each rule with room names the oldest",
		policy: config.Policy{KeepMonthly: 2, KeepYearly: -1, KeepOldest: true},
		sets:   "2026-11-20-010000 2026-11-02-010000 2026-11-01-010000",
		want: `+ monthly 1 of 2 (2026-11); yearly 1, unlimited (2026)
- superseded in 2026-11 by 2026-11-20-010000; superseded in 2026 by 2026-11-20-010000
+ oldest (monthly); oldest (yearly)`,
	}, {
		name:   "as many as max_count allows stay",
		policy: config.Policy{MaxCount: 2},
		sets:   "2026-11-21-010000 2026-11-20-010000",
		want: `+ keep_all
+ keep_all`,
	}, {
		name:   "caps say their own number after max_age had its turn",
		policy: config.Policy{MaxAge: span("1mo"), MaxCount: 1},
		sets:   "2026-11-21-010000 2026-11-20-010000 2026-10-01-010000",
		want: `+ keep_all
- max_count 1: 2 would be kept
- max_age 1mo: older than 2026-10-22-120000`,
	}, {
		name:   "no cap takes what min_age holds",
		policy: config.Policy{MaxCount: 1, MinAge: span("2d")},
		sets:   "2026-11-21-010000 2026-11-20-130000 2026-11-20-110000",
		want: `+ keep_all; min_keep 1 of 1
+ keep_all; min_age 2d (since 2026-11-20-120000)
- max_count 1: 3 would be kept`,
	}} {
		t.Run(tt.name, func(t *testing.T) {
			var sets []state.Set
			for _, stamp := range strings.Fields(tt.sets) {
				sets = append(sets, state.Set{Key: state.Key{VM: "Bart", Stamp: state.Stamp(stamp)}, State: state.Complete})
			}
			if got := why(retention.Decide(tt.policy, sets, noon)); got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}

// why writes a line for each decision.
func why(r retention.Result) string {
	var lines []string
	for _, d := range r.Decisions {
		var texts []string
		for _, reason := range d.Reasons {
			texts = append(texts, reason.Text)
		}
		lines = append(lines, map[bool]string{true: "+ ", false: "- "}[d.Keep]+strings.Join(texts, "; "))
	}
	return strings.Join(lines, "\n")
}

func TestDecide_maxAgeIsSuspendedWhenBackupsStopped(t *testing.T) {
	r := retention.Decide(config.Policy{KeepLast: 5, MaxAge: config.Span{Days: 7}}, nights(state.Complete, 8, 9, 10), noon)
	if gone := removed(r); len(gone) > 0 {
		t.Errorf("%v is removed", gone)
	}
	wantNotice(t, r, "max_age")
}

func TestDecide_sizesThatAreNotKnownSuspendTheirCap(t *testing.T) {
	sets := nights(state.Complete, 1, 2, 3)
	for i := range sets {
		sets[i].Files = []state.File{{Path: "disk", Size: 1 << 10}}
	}
	p := config.Policy{KeepLast: -1, MaxSize: 2 << 10}
	if got := why(retention.Decide(p, sets, noon)); !strings.HasSuffix(got, "\n- max_size_per_vm 2.0 KiB: 3.0 KiB would be kept") {
		t.Errorf("got\n%s", got)
	}
	sets[2].Files[0].Size = -1
	r := retention.Decide(p, sets, noon)
	if gone := removed(r); len(gone) > 0 {
		t.Errorf("%v is removed", gone)
	}
	wantNotice(t, r, "max_size_per_vm")
}

func wantNotice(t *testing.T, r retention.Result, want retention.Notice) {
	t.Helper()
	if !slices.Contains(r.Notices, want) {
		t.Errorf("got notices %v, want %s among them", r.Notices, want)
	}
}

func TestDecide_incomplete(t *testing.T) {
	p := config.Policy{KeepLast: 1}
	for _, tt := range []struct {
		name string
		sets []state.Set
		want string
	}{
		{"the newest stays where it is newer than all that counts",
			append(nights(state.Incomplete, 1, 2), night(3, state.Complete)),
			"+ incomplete, and newer than every set that counts\n- incomplete, and older than a set that counts\n+ last 1 of 1"},
		{"an older one goes",
			append(nights(state.Incomplete, 2), night(1, state.Complete)),
			"+ last 1 of 1\n- incomplete, and older than a set that counts"},
		{"all stay where nothing counts",
			nights(state.Incomplete, 1, 2),
			"+ incomplete, and no set counts\n+ incomplete, and no set counts"},
		{"none goes beside what is not known",
			append(nights(state.Incomplete, 2), night(1, state.Complete), night(3, state.Unknown)),
			"+ last 1 of 1\n+ nothing is deleted while the state of a set of this VM is not known\n+ unknown"},
	} {
		if got := why(retention.Decide(p, tt.sets, noon)); got != tt.want {
			t.Errorf("%s: got\n%s\nwant\n%s", tt.name, got, tt.want)
		}
	}
}

func TestDecide_sizesUpToTheCapStay(t *testing.T) {
	sets := nights(state.Complete, 1, 2, 3)
	for i := range sets {
		sets[i].Files = []state.File{{Path: "disk", Size: 1 << 10}}
	}
	for _, tt := range []struct {
		most int64
		want string
	}{
		{3 << 10, "+ keep_all\n+ keep_all\n+ keep_all"},
		{3<<10 - 1, "+ keep_all\n+ keep_all\n- max_size_per_vm 3.0 KiB: 3.0 KiB would be kept"},
		{2 << 10, "+ keep_all\n+ keep_all\n- max_size_per_vm 2.0 KiB: 3.0 KiB would be kept"},
		{1, "+ keep_all; min_keep 1 of 1\n- max_size_per_vm 1 B: 3.0 KiB would be kept\n- max_size_per_vm 1 B: 3.0 KiB would be kept"},
	} {
		if got := why(retention.Decide(config.Policy{MaxSize: tt.most}, sets, noon)); got != tt.want {
			t.Errorf("%d bytes: got\n%s\nwant\n%s", tt.most, got, tt.want)
		}
	}
}
