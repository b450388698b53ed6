package ftp_test

import (
	"os"
	"sync"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/providers/ftp/ftptest"
	"github.com/vmxsync/vmxsync/providers/providertest"
)

// soaking tells that make soak asks for the long version.
func soaking() bool { return os.Getenv("VMXSYNC_SOAK") != "" }

// idleLimit is after what silence on the control connection the servers hang
// up, and slowRate what passes of a slow upload, in bytes per second.
const (
	idleLimit = 5 * time.Second
	slowRate  = 256 << 10
)

// slow is how long the upload takes.
func slow() time.Duration {
	switch {
	case soaking():
		return 90 * time.Second
	case thorough():
		return 20 * time.Second
	}
	return 7 * time.Second
}

// Nothing is said on the control connection for longer than the server bears:
// an upload outlives that, in one session and sent once.
func TestSoak_uploadOutlivesTheIdleLimit(t *testing.T) {
	t.Parallel()
	var all sync.WaitGroup
	for name, start := range idlers() {
		all.Go(func() { t.Run(name, func(t *testing.T) { outlives(t, start(t)) }) })
	}
	all.Wait()
}

func outlives(t *testing.T, srv *ftptest.Server) {
	relay := ftptest.Via(t, srv, ftptest.Faults{Rate: slowRate})
	store := open(t, via(srv, relay), srv.Password)
	body := providertest.Noise(1, int64(slow().Seconds()*slowRate))
	if err := store.Put(t.Context(), "slow", body); err != nil {
		t.Errorf("put: %v", err)
	}
	expectWhole(t, srv, "slow", body)
	if got := relay.Sessions(); got != 1 {
		t.Errorf("%d sessions, want 1", got)
	}
	if got, most := relay.Uploaded(), body.Size()*101/100; got > most {
		t.Errorf("%d bytes were sent, want %d at most", got, most)
	}
	if err := store.Put(t.Context(), "next", providertest.Text("x")); err != nil {
		t.Errorf("the next put: %v", err)
	}
}

// idlers start servers with an idle limit that is shorter than the upload, in
// all modes in which a relay can make it slow.
func idlers() map[string]func(*testing.T) *ftptest.Server {
	all := map[string]func(*testing.T) *ftptest.Server{
		inProcess: func(t *testing.T) *ftptest.Server {
			return ftptest.New(t, ftptest.Options{IdleTimeout: idleLimit})
		},
	}
	for _, r := range ftptest.RealFor(providertest.Thin()) {
		limit := idleLimit
		if r.Name == "pure-ftpd" { // counts minutes
			limit = time.Minute
		}
		if limit >= slow() || r.Name == "ftp-srv" { // which counts a session as idle while data moves
			continue
		}
		for _, m := range r.Modes {
			o := ftptest.RealOptions{TLS: m, IdleTimeout: limit}
			if !r.Grants(o) {
				continue
			}
			all[r.Name+"/tls="+string(m)] = func(t *testing.T) *ftptest.Server { return ftptest.NewReal(t, r.Name, o) }
		}
	}
	return all
}
