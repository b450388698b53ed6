package local_test

import (
	"io"
	"testing"
	"testing/synctest"
	"time"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/local"
	"github.com/vmxsync/vmxsync/providers/providertest"
)

func limited(t *testing.T, rate string) *local.Store {
	t.Helper()
	s := local.NewSettings()
	s.Path, s.Transfer = t.TempDir(), &local.Transfer{}
	if err := s.Transfer.RateLimit.UnmarshalText([]byte(rate)); err != nil {
		t.Fatal(err)
	}
	store, err := local.Open(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	return store
}

func TestStore_keepsTheLawWithARateLimit(t *testing.T) {
	open := func(t *testing.T) providers.Store { return limited(t, "1GiB/s") }
	providertest.Run(t, open, providertest.NoLeaks())
}

func TestStore_movesContentAtItsRateAndNothingElse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store, start := limited(t, "10KiB/s"), time.Now()
		wantElapsed := func(want time.Duration) {
			t.Helper()
			if got := time.Since(start).Round(time.Second); got != want {
				t.Errorf("took %v, want %v", got, want)
			}
			start = time.Now()
		}
		if err := store.Put(t.Context(), "file", providertest.Noise(1, 100<<10)); err != nil {
			t.Fatal(err)
		}
		wantElapsed(10 * time.Second)
		r, err := store.Open(t.Context(), "file", 50<<10)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		if n, err := io.Copy(io.Discard, r); n != 50<<10 || err != nil {
			t.Errorf("got %d bytes, %v", n, err)
		}
		wantElapsed(5 * time.Second)
		if _, err := store.List(t.Context(), "."); err != nil {
			t.Error(err)
		}
		if err := store.Rename(t.Context(), "file", "moved"); err != nil {
			t.Error(err)
		}
		wantElapsed(0)
	})
}

// TestStore_downloadRateIsApart: what is read keeps to download_rate alone, where there is one.
func TestStore_downloadRateIsApart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := limited(t, "10KiB/s")
		if err := store.Put(t.Context(), "disk", providertest.Noise(1, 20<<10)); err != nil {
			t.Fatal(err)
		}
		for rate, want := range map[string]time.Duration{"off": 0, "20KiB/s": time.Second, "": 2 * time.Second} {
			s := local.NewSettings()
			s.Path, s.Transfer = store.Folder(), &local.Transfer{}
			err := s.Transfer.RateLimit.UnmarshalText([]byte("10KiB/s"))
			if err == nil && rate != "" {
				err = s.Transfer.DownloadRate.UnmarshalText([]byte(rate))
			}
			if err != nil {
				t.Fatal(err)
			}
			other, err := local.Open(t.Context(), s)
			if err != nil {
				t.Fatal(err)
			}
			start := time.Now()
			r, err := other.Open(t.Context(), "disk", 0)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := io.Copy(io.Discard, r); err != nil {
				t.Error(err)
			}
			if got := time.Since(start).Round(time.Second); got != want {
				t.Errorf("download_rate %q: took %v, want %v", rate, got, want)
			}
			r.Close()
			other.Close()
		}
	})
}
