package ftp_test

import (
	"crypto/tls"
	"testing"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp/ftptest"
	"github.com/vmxsync/vmxsync/providers/providertest"
)

// exceptions are the rules that a real server breaks, whatever a client does.
var exceptions = map[string][]providertest.Option{
	"twisted": {providertest.Except("names-unicode", "Twisted lists names beyond ASCII in another spelling")},
	"goftp":   {providertest.Except("lock-again", "MKD of a folder that is there succeeds")},
	"ftp-srv": {
		providertest.Except("lock-again", "MKD of a folder that is there succeeds"),
		providertest.Except("names-reserved", "quotes are left out of names"),
	},
}

// TestStore_keepsTheLawOnRealServers tries the contract on each real server,
// in each of its modes.
func TestStore_keepsTheLawOnRealServers(t *testing.T) {
	t.Parallel()
	for _, real := range ftptest.RealFor(providertest.Thin()) {
		for name, o := range realModes(real) {
			t.Run(real.Name+"/"+name, func(t *testing.T) {
				t.Parallel()
				srv := ftptest.NewReal(t, real.Name, o)
				options := append([]providertest.Option{providertest.InTurn()}, exceptions[real.Name]...)
				providertest.Run(t, func(t *testing.T) providers.Store {
					return open(t, settingsFor(srv), srv.Password)
				}, options...)
			})
		}
	}
}

func realModes(r ftptest.RealServer) map[string]ftptest.RealOptions {
	modes := map[string]ftptest.RealOptions{}
	for _, m := range r.Modes {
		switch m {
		case ftptest.Off:
			modes["plain"] = ftptest.RealOptions{}
			if r.Facts.ListHidesDotFiles && !r.Facts.MLSD {
				modes["plain-dot-files"] = ftptest.RealOptions{ForceDotFiles: true}
			}
		case ftptest.Explicit:
			modes["tls12"] = ftptest.RealOptions{TLS: m, MaxTLS: tls.VersionTLS12}
			modes["tls13"] = ftptest.RealOptions{TLS: m}
		default:
			modes[string(m)] = ftptest.RealOptions{TLS: m}
		}
	}
	return modes
}
