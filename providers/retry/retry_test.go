package retry_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/retry"
)

func TestTransient(t *testing.T) {
	cause := errors.New("reset")
	for _, c := range []struct {
		err  error
		want bool
	}{
		{&retry.Lost{Err: cause}, true},
		{fmt.Errorf("put: %w", &retry.Lost{Err: cause}), true},
		{&retry.Short{Held: 1, Size: 2}, true},
		{&retry.Unreachable{Err: cause, Again: true}, true},
		{&retry.Unreachable{Err: cause}, false},
		{&retry.Unreadable{Err: &retry.Lost{Err: cause}}, false},
		{errors.Join(&retry.Lost{Err: cause}, providers.ErrFull), false},
		{errors.Join(&retry.Unreachable{Err: cause, Again: true}, providers.ErrLogin), false},
		{cause, false},
		{nil, false},
	} {
		if got := retry.Transient(c.err); got != c.want {
			t.Errorf("%#v: got %v, want %v", c.err, got, c.want)
		}
	}
}

// do runs a call that fails with the errors in turn, and counts.
func do(t *testing.T, progressed func(error) bool, failures ...error) (calls int, pauses []int, err error) {
	p := retry.Policy{Transient: retry.Transient, Pause: func(_ context.Context, try int) error {
		pauses = append(pauses, try)
		return nil
	}}
	err = p.Persist(t.Context(), func() error {
		calls++
		if calls > len(failures) {
			return nil
		}
		return failures[calls-1]
	}, progressed)
	return calls, pauses, err
}

func never(error) bool { return false }

func TestPolicy_triesThreeTimes(t *testing.T) {
	lost := &retry.Lost{Err: errors.New("reset")}
	calls, pauses, err := do(t, never, lost, lost, lost, lost)
	if calls != retry.Tries || len(pauses) != 2 || pauses[0] != 1 || pauses[1] != 2 || err != lost {
		t.Errorf("got %d calls, pauses %v, %v", calls, pauses, err)
	}
	if calls, _, err := do(t, never, lost, lost); calls != 3 || err != nil {
		t.Errorf("third call succeeds: got %d calls, %v", calls, err)
	}
}

func TestPolicy_isDoneWithWhatIsFinal(t *testing.T) {
	final := errors.New("550 denied")
	if calls, pauses, err := do(t, never, final); calls != 1 || pauses != nil || err != final {
		t.Errorf("got %d calls, pauses %v, %v", calls, pauses, err)
	}
}

func TestPolicy_countsAnewAfterProgress(t *testing.T) {
	lost := &retry.Lost{Err: errors.New("reset")}
	n := 0
	progress := func(err error) bool { n++; return err != nil && n <= 4 }
	if calls, _, err := do(t, progress, lost, lost, lost, lost, lost, lost, lost, lost); calls != 6 || err != lost {
		t.Errorf("got %d calls, %v", calls, err)
	}
}

// A call that was cancelled is not begun again.
func TestPolicy_endsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	calls := 0
	err := retry.Policy{Transient: retry.Transient, Pause: retry.Pause}.Do(ctx, func() error {
		calls++
		cancel()
		return &retry.Lost{Err: errors.New("reset")}
	})
	if calls != 1 || !retry.IsLost(err) {
		t.Errorf("got %d calls, %v", calls, err)
	}
}

func TestPause_leavesAServerTheTimeToRestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for try, around := range map[int]time.Duration{1: time.Second, 2: 5 * time.Second} {
			begin := time.Now()
			if err := retry.Pause(t.Context(), try); err != nil {
				t.Fatal(err)
			}
			if took := time.Since(begin); took < around*3/4 || took > around*5/4 {
				t.Errorf("pause after try %d took %s", try, took)
			}
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		if err := retry.Pause(ctx, 2); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("cancelled: got %v", err)
		}
	})
}

func TestAbandoned_findsTheLastUploadBelowAFolder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var a retry.Abandoned
		a.Note("vm/set/disk")
		time.Sleep(time.Hour)
		last := time.Now()
		a.Note("vm/set/deep/disk")
		time.Sleep(time.Hour)
		a.Note("vm/set2/disk")
		if got := a.Below("vm/set"); !got.Equal(last) {
			t.Errorf("got %s, want %s", got, last)
		}
		if got := a.Below("other"); !got.IsZero() {
			t.Errorf("elsewhere: got %s", got)
		}
	})
}
