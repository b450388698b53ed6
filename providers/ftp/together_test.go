package ftp_test

import (
	"sync"
	"testing"

	"github.com/vmxsync/vmxsync/providers/ftp"
	"github.com/vmxsync/vmxsync/providers/ftp/ftptest"
	"github.com/vmxsync/vmxsync/providers/providertest"
)

// together runs test on each real server, and on all at the same time: they
// mostly wait, and -parallel counts processors.
func together(t *testing.T, test func(t *testing.T, r ftptest.RealServer)) {
	t.Helper()
	var all sync.WaitGroup
	for _, real := range ftptest.RealFor(providertest.Thin()) {
		all.Go(func() {
			t.Run(real.Name, func(t *testing.T) {
				ftptest.RequireReal(t, real.Name)
				test(t, real)
			})
		})
	}
	all.Wait()
}

// via are the settings of the account on srv, through a relay.
func via(srv *ftptest.Server, relay *ftptest.Relay) *ftp.Settings {
	s := settingsFor(srv)
	s.Host, s.Port = relay.Host, relay.Port
	return s
}
