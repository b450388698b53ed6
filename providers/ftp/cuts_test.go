package ftp_test

import (
	"fmt"
	"sync"
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

// storm is shorter in every run, and all the worse. The seeds are those where
// cuts are so far apart that no file meets three of them, which is one more
// than a call bears.
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
	putAll(t, open(t, s, srv.Password), s.Connections, w.files)
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
	t.Logf("%d files, %d cuts, %d sessions", w.files, hits, relay.Sessions())
}

func small(i int) string             { return fmt.Sprintf("set%02d/file%03d", i%10, i) }
func smallBody(i int) providers.Body { return providertest.Noise(uint64(i), 16<<10) }

// putAll stores files by so many workers.
func putAll(t *testing.T, store *ftp.Store, workers, files int) {
	next := make(chan int)
	var all sync.WaitGroup
	for range workers {
		all.Go(func() {
			for i := range next {
				if err := store.Put(t.Context(), small(i), smallBody(i)); err != nil {
					t.Errorf("put: %v", err)
				}
			}
		})
	}
	for i := range files {
		next <- i
	}
	close(next)
	all.Wait()
}
