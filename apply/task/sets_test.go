package task_test

import (
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/apply/task"
	"github.com/vmxsync/vmxsync/state"
)

// One set that is read after all must not hide another one that is not.
func TestSets_eachUnknownSetIsOne(t *testing.T) {
	set := func(stamp state.Stamp, is state.State) state.Set {
		return state.Set{Key: state.Key{VM: "Bart", Stamp: stamp}, State: is}
	}
	older, newer := state.Stamp("2026-11-20-010000"), state.Stamp("2026-11-21-010000")
	sets := task.NewSets([]state.Set{set(older, state.Unknown), set(newer, state.Unknown)}, time.Time{}, time.Time{})
	if s, unknown := sets.Unknown(); !unknown || s.Stamp != newer {
		t.Errorf("got %s, %v, want the newest", s.Stamp, unknown)
	}
	sets.Put(set(newer, state.Complete))
	if s, unknown := sets.Unknown(); !unknown || s.Stamp != older {
		t.Errorf("got %s, %v, want the older one", s.Stamp, unknown)
	}
	sets.Delete(older)
	if s, unknown := sets.Unknown(); unknown {
		t.Errorf("got %s, want none", s.Stamp)
	}
}

// What was read counts as long as it took, and longer the more it was, but not for an hour
// after a server that stalled.
func TestCountsUntil(t *testing.T) {
	began := time.Date(2026, 11, 22, 1, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		took time.Duration
		many int
		want time.Duration
	}{
		{0, 3, time.Second},
		{300 * time.Millisecond, 3, time.Second},
		{20 * time.Second, 3, 40 * time.Second},
		{time.Hour, 3, time.Hour + 5*time.Minute},
		{time.Second, 5000, 51 * time.Second},
		{time.Second, 1000000, time.Second + 5*time.Minute},
	} {
		if got := task.CountsUntil(began, began.Add(c.took), c.many).Sub(began); got != c.want {
			t.Errorf("%d read in %s: counts for %s, want %s", c.many, c.took, got, c.want)
		}
	}
}
