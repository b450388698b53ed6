package ftp_test

import (
	"crypto/tls"
	"testing"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp/ftptest"
	"github.com/vmxsync/vmxsync/providers/providertest"
)

func TestStore_keepsTheLaw(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]ftptest.Options{
		"plain":        {},
		"plain-list":   {DisableMLSD: true},
		"explicit-1.3": {TLS: ftptest.Explicit},
		"explicit-1.2": {TLS: ftptest.Explicit, MaxTLS: tls.VersionTLS12},
		"implicit":     {TLS: ftptest.Implicit},
	} {
		t.Run(name, func(t *testing.T) {
			if thin := name == "plain-list" || name == "explicit-1.3"; providertest.Thin() && !thin {
				t.Skip("this mode is for the tests that try all cases")
			}
			t.Parallel()
			srv := ftptest.New(t, o)
			providertest.Run(t, func(t *testing.T) providers.Store {
				return open(t, settingsFor(srv), srv.Password)
			})
		})
	}
}
