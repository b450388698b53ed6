package main

import (
	"crypto/tls"
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/vmxsync/vmxsync/providers/ftp/ftptest"
	"github.com/vmxsync/vmxsync/providers/providertest"
)

// TestServers runs plan and apply on every real server in each of its modes, compares
// the disk of the server, and plans again.
func TestServers(t *testing.T) {
	t.Parallel()
	for _, real := range ftptest.RealFor(providertest.Thin()) {
		for _, m := range modes(real) {
			t.Run(real.Name+"/"+m.name, func(t *testing.T) {
				t.Parallel()
				server := ftptest.NewReal(t, real.Name, ftptest.RealOptions{TLS: m.tls, MaxTLS: m.max})
				runOn(t, server, "servers", "UMLAUT="+umlaut[real.Name])
			})
		}
	}
}

// runOn runs the scripts of a folder with a server that has started, which they call NAS.
func runOn(t *testing.T, server *ftptest.Server, folder string, env ...string) {
	t.Helper()
	env = append(append(serverEnv("NAS", server), tlsBlock(server)), env...)
	testscript.Run(t, params(filepath.Join("testdata", folder), started{"NAS": server}, env))
}

// TestServers_cutListing has Pure-FTPd cut the listing of a VM with 10,050 sets,
// with its own limit.
func TestServers_cutListing(t *testing.T) {
	t.Parallel()
	server := ftptest.NewReal(t, "pure-ftpd", ftptest.RealOptions{})
	runOn(t, server, "long")
}

// TestServers_noSums asks vsftpd for checksums, which it does not have.
func TestServers_noSums(t *testing.T) {
	t.Parallel()
	server := ftptest.NewReal(t, "vsftpd", ftptest.RealOptions{})
	runOn(t, server, "sums")
}

// TestServers_sums has ProFTPD compute checksums.
func TestServers_sums(t *testing.T) {
	t.Parallel()
	server := ftptest.NewReal(t, "proftpd", ftptest.RealOptions{})
	runOn(t, server, "server_sums")
}

// TestServers_drill rehearses restores from each server.
func TestServers_drill(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("the command of the drill is a script of a Unix shell")
	}
	for _, real := range ftptest.RealFor(providertest.Thin()) {
		t.Run(real.Name, func(t *testing.T) {
			t.Parallel()
			server := ftptest.NewReal(t, real.Name, ftptest.RealOptions{})
			runOn(t, server, "drill")
		})
	}
}

// TestServers_quota has an account on Pure-FTPd that cannot hold three sets.
func TestServers_quota(t *testing.T) {
	t.Parallel()
	server := ftptest.NewReal(t, "pure-ftpd", ftptest.RealOptions{QuotaMB: 4})
	runOn(t, server, "quota")
}

// TestServers_inPlace publishes in place on a server with TLS, and on Twisted,
// where no file can be resumed.
func TestServers_inPlace(t *testing.T) {
	t.Parallel()
	for name, mode := range map[string]ftptest.TLS{"proftpd": ftptest.Explicit, "twisted": ftptest.Off} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := ftptest.NewReal(t, name, ftptest.RealOptions{TLS: mode})
			runOn(t, server, "in_place")
		})
	}
}

// TestServers_longPaths has sets whose paths are longer than a line of inetutils,
// and than any line that is sent.
func TestServers_longPaths(t *testing.T) {
	t.Parallel()
	for name, lengths := range map[string][]int{"inetutils": {600, 3000}, "netkit": {600}, "vsftpd": {3000}} {
		for _, n := range lengths {
			t.Run(fmt.Sprintf("%s/%d", name, n), func(t *testing.T) {
				t.Parallel()
				server := ftptest.NewReal(t, name, ftptest.RealOptions{})
				deep := strings.Repeat("/"+strings.Repeat("f", 149), n/150)[1:]
				runOn(t, server, "longpath", "DEEP="+deep, fmt.Sprintf("BYTES=%d", n))
			})
		}
	}
}

// TestServers_links has links in staging and in sets on each server. Twisted shows
// them as what they point to.
func TestServers_links(t *testing.T) {
	t.Parallel()
	for _, real := range ftptest.RealFor(providertest.Thin()) {
		t.Run(real.Name, func(t *testing.T) {
			t.Parallel()
			server := ftptest.NewReal(t, real.Name, ftptest.RealOptions{})
			scripts := "links"
			if real.Name == "goftp" { // its listings leave links out
				scripts = "links_unlisted"
			}
			runOn(t, server, scripts)
		})
	}
}

// TestServers_lock has the lock of another machine on each server, and one that a
// killed apply has left.
func TestServers_lock(t *testing.T) {
	t.Parallel()
	for _, real := range ftptest.RealFor(providertest.Thin()) {
		t.Run(real.Name, func(t *testing.T) {
			t.Parallel()
			server := ftptest.NewReal(t, real.Name, ftptest.RealOptions{})
			runOn(t, server, "lock")
		})
	}
}

// TestServers_named takes over, exchanges and destroys what flags name, on each
// server.
func TestServers_matchesAny(t *testing.T) {
	t.Parallel()
	for _, real := range ftptest.RealFor(providertest.Thin()) {
		t.Run(real.Name, func(t *testing.T) {
			t.Parallel()
			server := ftptest.NewReal(t, real.Name, ftptest.RealOptions{})
			runOn(t, server, "named")
		})
	}
}

// TestServers_checkAgreesWithTheContract checks each real server in one of
// its modes; the contract is tried in all of them in providers/ftp.
func TestServers_checkAgreesWithTheContract(t *testing.T) {
	t.Parallel()
	for _, real := range ftptest.RealFor(providertest.Thin()) {
		t.Run(real.Name, func(t *testing.T) {
			t.Parallel()
			c := checks[real.Name]
			server := ftptest.NewReal(t, real.Name, ftptest.RealOptions{TLS: c.tls, ListLimit: c.limit})
			runOn(t, server, "check", "BROKEN="+c.broken(), "ENTRIES="+c.entries, "CODE="+c.code, "SAYS="+c.says, "ADVISES="+c.advises, "MKD="+mkdFact(real.Facts))
		})
	}
}

// TestServers_names checks Twisted, which stores names in its own spelling.
func TestServers_names(t *testing.T) {
	t.Parallel()
	server := ftptest.NewReal(t, "twisted", ftptest.RealOptions{})
	runOn(t, server, "names")
}

type checked struct {
	tls                          ftptest.TLS
	entries, code, says, advises string
	limit                        int
}

// broken is how many rules a server breaks: ftp-srv also leaves quotes out of names.
func (c checked) broken() string {
	if c == checks["ftp-srv"] {
		return "2"
	}
	return "[01]"
}

// checks is how a check of each real server is made and ends: Pure-FTPd cuts
// listings, here at a limit of ours, as it takes minutes to reach its own (see
// TestServers_cutListing); Twisted spells names in its own way.
var checks = map[string]checked{
	"vsftpd":    {ftptest.Explicit, "300", "0", "rules hold, 0 do not", "tls-sessions +resumed", 0},
	"pure-ftpd": {ftptest.Off, "1050", "2", "(?m)^  NO  list-many ", "you: +raise the server's limit of entries", 1000},
	"proftpd":   {ftptest.Explicit, "300", "0", "rules hold, 0 do not", "because: +the place refuses a directory with the name", 0},
	"pyftpdlib": {ftptest.Explicit, "300", "0", "rules hold, 0 do not", "tls-sessions +resumed", 0},
	"twisted":   {ftptest.Off, "300", "2", "(?m)^  NO  names-unicode ", "rename the VM", 0},
	"inetutils": {ftptest.Off, "50", "0", "rules hold, 0 do not", "ok +paths-long ", 0},
	"netkit":    {ftptest.Off, "50", "0", "rules hold, 0 do not", "ok +paths-long ", 0},
	"goftp":     {ftptest.Off, "300", "2", "(?m)^  NO  lock-again ", "because: +not tried: depends on lock-again", 0},
	"ftp-srv":   {ftptest.Off, "50", "2", "(?m)^  NO  lock-again ", "because: +uploads cannot be resumed", 0},
}

// umlaut is how an apply of a VM with an umlaut ends.
var umlaut = map[string]string{"vsftpd": "0", "pure-ftpd": "0", "proftpd": "0", "pyftpdlib": "0", "twisted": "3", "inetutils": "0", "netkit": "0", "goftp": "0", "ftp-srv": "3"}

// mkdFact is the fact about MKD in the output of check.
func mkdFact(f ftptest.Facts) string {
	if f.MakesAgain {
		return "^  --  mkd +accepted for an existing folder"
	}
	return "^  ok  mkd +refused with 550"
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

// tlsBlock is tlsOf as a variable of scripts.
func tlsBlock(s *ftptest.Server) string { return "NAS_TLS=" + tlsOf(s) }

// tlsOf returns the tls block of a configuration for this server.
func tlsOf(s *ftptest.Server) string {
	if s.TLS == ftptest.Off {
		return "tls {\n    mode = \"off\"\n  }"
	}
	return fmt.Sprintf("tls {\n    mode    = %q\n    ca_file = %q\n  }", s.TLS, s.CAFile)
}
