package limit_test

import (
	"context"
	"errors"
	"io"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/limit"
	"github.com/vmxsync/vmxsync/providers/mem"
	"github.com/vmxsync/vmxsync/providers/providertest"
)

func TestStore_keepsTheLaw(t *testing.T) {
	open := func(*testing.T) providers.Store {
		return limit.Wrap(mem.New(nil), limit.NewPace(func(time.Time) int64 { return 1 << 40 }))
	}
	providertest.Run(t, open, providertest.NoLeaks())
}

// slow is a store with a file of 10,000 bytes, and a pace of 1000 per second.
func slow(t *testing.T) *limit.Store {
	t.Helper()
	below := mem.New(nil)
	if err := below.Put(t.Context(), "file", providertest.Noise(1, 10_000)); err != nil {
		t.Fatal(err)
	}
	return limit.Wrap(below, limit.NewPace(func(time.Time) int64 { return 1000 }))
}

func put(t *testing.T, store providers.Store, path string) {
	t.Helper()
	if err := store.Put(t.Context(), path, providertest.Noise(1, 10_000)); err != nil {
		t.Error(err)
	}
}

func wantElapsed(t *testing.T, since time.Time, want time.Duration) {
	t.Helper()
	if got := time.Since(since).Round(time.Second); got != want {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestPut_keepsThePace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store, start := slow(t), time.Now()
		put(t, store, "new")
		wantElapsed(t, start, 10*time.Second)
	})
}

func TestOpen_keepsThePace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store, start := slow(t), time.Now()
		r, err := store.Open(t.Context(), "file", 5000)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		if n, err := io.Copy(io.Discard, r); n != 5000 || err != nil {
			t.Errorf("got %d bytes, %v", n, err)
		}
		wantElapsed(t, start, 5*time.Second)
	})
}

func TestPace_isSharedByAllWhoUseIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store, start := slow(t), time.Now()
		var wg sync.WaitGroup
		for _, name := range []string{"a", "b", "c"} {
			wg.Go(func() { put(t, store, name) })
		}
		wg.Wait()
		wantElapsed(t, start, 30*time.Second)
	})
}

func TestPace_savesUpNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := slow(t)
		put(t, store, "a")
		time.Sleep(time.Hour) // the clock of synctest, not a real one
		start := time.Now()
		put(t, store, "b")
		wantElapsed(t, start, 10*time.Second)
	})
}

func TestPace_followsItsTimetable(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		evening := start.Add(4 * time.Second)
		pace := limit.NewPace(func(now time.Time) int64 {
			if now.Before(evening) {
				return 1000
			}
			return 0
		})
		put(t, limit.Wrap(mem.New(nil), pace), "new")
		wantElapsed(t, start, 4*time.Second)
	})
}

func TestPut_endsAtItsCancelWhileItWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store, start := slow(t), time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		err := store.Put(ctx, "new", providertest.Noise(1, 10_000))
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v, want %v", err, context.DeadlineExceeded)
		}
		wantElapsed(t, start, 3*time.Second)
	})
}

func TestStore_letsCommandsPass(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store, start := slow(t), time.Now()
		if _, err := store.List(t.Context(), "."); err != nil {
			t.Error(err)
		}
		if err := store.Rename(t.Context(), "file", "moved"); err != nil {
			t.Error(err)
		}
		wantElapsed(t, start, 0)
	})
}
