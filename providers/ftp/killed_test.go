package ftp_test

import (
	"testing"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp/ftptest"
	"github.com/vmxsync/vmxsync/providers/providertest"
)

// killedAt is where in a file the server dies. Some blocks before it may not
// have been sent yet.
const killedAt = 24 << 20

func TestOutage_serverKilledInMidFile(t *testing.T) {
	t.Parallel()
	together(t, func(t *testing.T, r ftptest.RealServer) {
		o := cutOff(t, ftptest.NewReal(t, r.Name, secured(r)), calmly, ftptest.Faults{})
		err := o.store.Put(t.Context(), "kept/part", &trap{
			Body: providertest.Noise(1, 40<<20), at: killedAt, do: func() { kill(t, o.srv) },
		})
		expectHint(t, err, providers.ErrUnreachable, "Check `host` and `port`")
		if err := o.srv.Restart(); err != nil {
			t.Fatal(err)
		}
		o.recovers(t, "kept/part")
	})
}

func kill(t *testing.T, srv *ftptest.Server) {
	if err := srv.Kill(); err != nil {
		t.Error(err)
	}
}

func restart(t *testing.T, srv *ftptest.Server) {
	if err := srv.Restart(); err != nil {
		t.Error(err)
	}
}
