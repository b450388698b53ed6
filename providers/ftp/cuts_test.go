package ftp_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp"
	"github.com/vmxsync/vmxsync/providers/ftp/ftptest"
	"github.com/vmxsync/vmxsync/providers/providertest"
)

// weather is a bad network and what has to get through it.
type weather struct {
	files  int
	faults ftptest.Faults
}

// storm is shorter in every run, and all the worse.
func storm() weather {
	if soaking() {
		return weather{500, ftptest.Faults{Delay: 50 * time.Millisecond, CutChance: 0.01, Seed: 2}}
	}
	return weather{60, ftptest.Faults{Delay: 2 * time.Millisecond, CutChance: 0.05, Seed: 7}}
}

// Connections are cut at random: every file arrives, and a cut costs one
// session.
func TestSoak_filesArriveThroughCuts(t *testing.T) {
	t.Parallel()
	together(t, func(t *testing.T, r ftptest.RealServer) {
		for _, mode := range r.Modes {
			t.Run("tls="+string(mode), func(t *testing.T) {
				weathers(t, ftptest.NewReal(t, r.Name, ftptest.RealOptions{TLS: mode}), storm())
			})
		}
	})
}

func weathers(t *testing.T, srv *ftptest.Server, w weather) {
	relay := ftptest.Via(t, srv, w.faults)
	s := via(srv, relay)
	again := putAll(t, open(t, s, srv.Password), s.Connections, w.files)
	for i := range w.files {
		expectWhole(t, srv, small(i), smallBody(i))
	}
	hits := relay.Hits(ftptest.CutChance)
	if hits == 0 {
		t.Error("no connection was cut")
	}
	if got, most := relay.Sessions(), s.Connections+hits; got > most {
		t.Errorf("%d sessions for %d cuts, want %d at most", got, hits, most)
	}
	if most := hits / callBears; again > most {
		t.Errorf("%d calls failed by %d cuts, want %d at most", again, hits, most)
	}
	t.Logf("%d files, %d cuts, %d sessions, %d calls made again", w.files, hits, relay.Sessions(), again)
}

func small(i int) string             { return fmt.Sprintf("set%02d/file%03d", i%10, i) }
func smallBody(i int) providers.Body { return providertest.Noise(uint64(i), 16<<10) }

// callBears is how many cuts in a row end a call.
const callBears = 3

// putAll stores files by so many workers, and counts the calls that failed and
// were made again: which file meets how many cuts is a matter of luck, since
// the workers race for the connections.
func putAll(t *testing.T, store *ftp.Store, workers, files int) int {
	next := make(chan int)
	var all sync.WaitGroup
	var again atomic.Int64
	for range workers {
		all.Go(func() {
			for i := range next {
				again.Add(putUntil(t, store, i))
			}
		})
	}
	for i := range files {
		next <- i
	}
	close(next)
	all.Wait()
	return int(again.Load())
}

// putUntil stores one file, and tells how many calls failed before.
func putUntil(t *testing.T, store *ftp.Store, i int) (failed int64) {
	for {
		err := store.Put(t.Context(), small(i), smallBody(i))
		if err == nil {
			return failed
		}
		if failed++; failed == callBears {
			t.Errorf("put: %v", err)
			return failed
		}
	}
}
