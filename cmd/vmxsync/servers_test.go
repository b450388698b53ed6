package main

import (
	"crypto/tls"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/vmxsync/vmxsync/providers/ftp/ftptest"
)

// TestServers walks the whole road on every real server, in every mode that it
// has: plan, apply, the server's disk compared, plan again.
func TestServers(t *testing.T) {
	for _, real := range ftptest.Real() {
		for _, m := range modes(real) {
			t.Run(real.Name+"/"+m.name, func(t *testing.T) {
				server := ftptest.NewReal(t, real.Name, ftptest.RealOptions{TLS: m.tls, MaxTLS: m.max})
				env := append(serverEnv("NAS", server), tlsBlock(server), "UMLAUT="+umlaut[real.Name])
				testscript.Run(t, params(filepath.Join("testdata", "servers"), started{"NAS": server}, env))
			})
		}
	}
}

// TestServers_cutListing has Pure-FTPd cut the listing of a VM with 10,050 sets,
// with its own limit.
func TestServers_cutListing(t *testing.T) {
	server := ftptest.NewReal(t, "pure-ftpd", ftptest.RealOptions{})
	env := append(serverEnv("NAS", server), tlsBlock(server))
	testscript.Run(t, params(filepath.Join("testdata", "long"), started{"NAS": server}, env))
}

// TestServers_linkInStaging needs a server that tells a link from a folder,
// which Twisted does not.
func TestServers_linkInStaging(t *testing.T) {
	for _, name := range []string{"vsftpd", "pure-ftpd", "proftpd", "pyftpdlib"} {
		t.Run(name, func(t *testing.T) {
			server := ftptest.NewReal(t, name, ftptest.RealOptions{})
			env := append(serverEnv("NAS", server), tlsBlock(server))
			testscript.Run(t, params(filepath.Join("testdata", "links"), started{"NAS": server}, env))
		})
	}
}

// TestServers_checkSaysWhatTheContractSays checks each real server in the last
// of its modes; the contract is tried in all of them in providers/ftp.
func TestServers_checkSaysWhatTheContractSays(t *testing.T) {
	for _, real := range ftptest.Real() {
		all := modes(real)
		m := all[len(all)-1]
		t.Run(real.Name+"/"+m.name, func(t *testing.T) {
			server := ftptest.NewReal(t, real.Name, ftptest.RealOptions{TLS: m.tls, MaxTLS: m.max})
			env := append(serverEnv("NAS", server), tlsBlock(server))
			testscript.Run(t, params(filepath.Join("testdata", "check"), started{"NAS": server}, append(env, checked(real.Name)...)))
		})
	}
}

// umlaut is how an apply of a VM with an umlaut ends.
var umlaut = map[string]string{"vsftpd": "0", "pure-ftpd": "0", "proftpd": "0", "pyftpdlib": "0", "twisted": "3"}

// checked is how a check of a server ends.
func checked(name string) []string {
	if name == "twisted" {
		return []string{"CHECK=2", "CHECK_SAYS=(?m)^  NO  names-unicode", "CHECK_ADVISES=rename the VM"}
	}
	return []string{"CHECK=0", "CHECK_SAYS=rules hold, 0 do not", "CHECK_ADVISES=(?m)^  ok  rename-directory"}
}

type mode struct {
	name string
	tls  ftptest.TLS
	max  uint16
}

func modes(r ftptest.RealServer) []mode {
	var all []mode
	for _, m := range r.Modes {
		switch m {
		case ftptest.Off:
			all = append(all, mode{"plain", m, 0})
		case ftptest.Explicit:
			all = append(all, mode{"tls12", m, tls.VersionTLS12}, mode{"tls13", m, 0})
		default:
			all = append(all, mode{string(m), m, 0})
		}
	}
	return all
}

// tlsBlock is what a configuration says for this server.
func tlsBlock(s *ftptest.Server) string {
	if s.TLS == ftptest.Off {
		return "NAS_TLS=tls {\n    mode = \"off\"\n  }"
	}
	return fmt.Sprintf("NAS_TLS=tls {\n    mode    = %q\n    ca_file = %q\n  }", s.TLS, s.CAFile)
}
