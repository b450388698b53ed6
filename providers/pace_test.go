package providers_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vmxsync/vmxsync/providers"
)

func fixed(rate int64) *providers.Pace {
	return providers.NewPace(func(time.Time) int64 { return rate })
}

// move reads n bytes by way of pace and returns the longest pause.
func move(t *testing.T, pace *providers.Pace, n int) (longest time.Duration) {
	t.Helper()
	r := pace.Reader(t.Context(), bytes.NewReader(make([]byte, n)))
	block := make([]byte, 512<<10)
	for last := time.Now(); ; last = time.Now() {
		_, err := r.Read(block)
		if err == io.EOF {
			return longest
		}
		if err != nil {
			t.Error(err)
			return longest
		}
		longest = max(longest, time.Since(last))
	}
}

func wantElapsed(t *testing.T, since time.Time, want time.Duration) {
	t.Helper()
	if got := time.Since(since).Round(time.Second); got != want {
		t.Errorf("took %v, want %v", got, want)
	}
}

func TestPace_isKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		move(t, fixed(10<<10), 100<<10)
		wantElapsed(t, start, 10*time.Second)
	})
}

func TestPace_neverStallsHoweverSlowAndShared(t *testing.T) {
	for _, rate := range []int64{1 << 10, 10 << 10, 1 << 20, 1 << 30} {
		synctest.Test(t, func(t *testing.T) {
			pace := fixed(rate)
			var wg sync.WaitGroup
			for range 64 {
				wg.Go(func() {
					if got := move(t, pace, int(min(rate, 1<<20))); got > 5*time.Second {
						t.Errorf("%d bytes per second: a pause of %v", rate, got)
					}
				})
			}
			wg.Wait()
		})
	}
}

func TestPace_isSharedByAllWhoUseIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pace, start := fixed(1000), time.Now()
		var wg sync.WaitGroup
		for range 3 {
			wg.Go(func() { move(t, pace, 10_000) })
		}
		wg.Wait()
		wantElapsed(t, start, 30*time.Second)
	})
}

func TestPace_savesUpNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pace := fixed(1000)
		move(t, pace, 10_000)
		time.Sleep(time.Hour) // the clock of synctest, not a real one
		start := time.Now()
		move(t, pace, 10_000)
		wantElapsed(t, start, 10*time.Second)
	})
}

func TestPace_followsItsTimetable(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		evening := start.Add(4 * time.Second)
		pace := providers.NewPace(func(now time.Time) int64 {
			if now.Before(evening) {
				return 1000
			}
			return 0
		})
		move(t, pace, 10_000)
		wantElapsed(t, start, 4*time.Second)
	})
}

func TestPace_endsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		_, err := io.Copy(io.Discard, fixed(1000).Reader(ctx, bytes.NewReader(make([]byte, 10_000))))
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v, want %v", err, context.DeadlineExceeded)
		}
		wantElapsed(t, start, 3*time.Second)
	})
}

func TestPace_nilLetsAllPass(t *testing.T) {
	var none *providers.Pace
	if got := none.Piece(1 << 20); got != 1<<20 {
		t.Errorf("got %d bytes", got)
	}
	if err := none.Wait(t.Context(), 1<<20); err != nil {
		t.Error(err)
	}
}
