package ftp_test

import (
	"crypto/sha256"
	"crypto/tls"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp/ftptest"
	"github.com/vmxsync/vmxsync/providers/providertest"
)

// inProcess is the server that needs nothing installed.
const inProcess = "in-process"

// cell is one server in one mode.
type cell struct {
	server string
	mode   string
	start  func(t testing.TB) *ftptest.Server
}

func (c cell) String() string { return c.server + "/" + c.mode }

// The modes of the matrix. Implicit TLS is of version 1.3.
const (
	plain    = "plain"
	tls12    = "TLS 1.2"
	tls13    = "TLS 1.3"
	implicit = "implicit TLS"
)

var modeNames = map[ftptest.TLS][]string{
	ftptest.Off:      {plain},
	ftptest.Explicit: {tls12, tls13},
	ftptest.Implicit: {implicit},
}

// cells are all servers in all their modes.
func cells() []cell {
	var all []cell
	for _, real := range ftptest.RealFor(providertest.Thin()) {
		for _, m := range real.Modes {
			for _, name := range modeNames[m] {
				o := ftptest.RealOptions{TLS: m, MaxTLS: bound(name)}
				all = append(all, cell{real.Name, name, func(t testing.TB) *ftptest.Server { return ftptest.NewReal(t, real.Name, o) }})
			}
		}
	}
	for _, m := range []ftptest.TLS{ftptest.Off, ftptest.Explicit, ftptest.Implicit} {
		for _, name := range modeNames[m] {
			o := ftptest.Options{TLS: m, MaxTLS: bound(name)}
			all = append(all, cell{inProcess, name, func(t testing.TB) *ftptest.Server { return ftptest.New(t, o) }})
		}
	}
	return all
}

func bound(mode string) uint16 {
	if mode == tls12 {
		return tls.VersionTLS12
	}
	return 0
}

// expectWhole compares a file on the disk of the server with what was sent.
func expectWhole(t testing.TB, srv *ftptest.Server, name string, body providers.Body) bool {
	t.Helper()
	got, err := os.Open(filepath.Join(srv.Root, filepath.FromSlash(name)))
	if err != nil {
		t.Error(err)
		return false
	}
	want, err := body.Open(0)
	if err != nil {
		t.Fatal(err)
	}
	if g, w := sum(t, got), sum(t, want); g != w {
		t.Errorf("%s: on the server %v, want %v", name, g, w)
		return false
	}
	return true
}

// digest is a file in a few bytes.
type digest struct {
	size   int64
	sha256 [sha256.Size]byte
}

func sum(t testing.TB, r io.ReadCloser) digest {
	t.Helper()
	defer r.Close()
	h := sha256.New()
	n, err := io.Copy(h, r)
	if err != nil {
		t.Fatal(err)
	}
	return digest{n, [sha256.Size]byte(h.Sum(nil))}
}
