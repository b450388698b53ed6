package ftp_test

import (
	"sync"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/providers/ftp"
	"github.com/vmxsync/vmxsync/providers/ftp/ftptest"
	"github.com/vmxsync/vmxsync/providers/providertest"
)

// awayFor is how long a server is gone that somebody restarts.
const awayFor = 3 * time.Second

// The pauses between the tries of one call, as users get them, are longer than
// a restart takes.
func TestSoak_serverIsAwayForThreeSeconds(t *testing.T) {
	if !soaking() {
		t.Skip("real pauses take seconds: run make soak")
	}
	t.Parallel()
	together(t, func(t *testing.T, r ftptest.RealServer) {
		srv := ftptest.NewReal(t, r.Name, secured(r))
		store, err := ftp.Open(t.Context(), settingsFor(srv), secret(srv.Password))
		if err != nil {
			t.Fatal(err)
		}
		defer store.Close()
		var gone sync.WaitGroup
		body := providertest.Noise(1, 40<<20)
		err = store.Put(t.Context(), "file", &trap{Body: body, at: killedAt, do: func() {
			kill(t, srv)
			gone.Add(1)
			time.AfterFunc(awayFor, func() { restart(t, srv); gone.Done() })
		}})
		gone.Wait()
		if err != nil {
			t.Errorf("put: %v", err)
			return
		}
		expectWhole(t, srv, "file", body)
	})
}
