package ftp_test

import (
	"crypto/tls"
	"strings"
	"testing"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/faults"
	"github.com/vmxsync/vmxsync/providers/ftp/ftptest"
)

// identityOf is that of a store that wraps the one of srv, once it has listed.
func identityOf(t *testing.T, srv *ftptest.Server, pins ...string) (providers.Identity, bool) {
	t.Helper()
	s := settingsFor(srv)
	if len(pins) > 0 {
		s = pinned(srv, pins...)
	}
	store := faults.Wrap(open(t, s, srv.Password), faults.New())
	id, ok := providers.As[providers.Identifier](store)
	if !ok {
		t.Fatal("the store is no Identifier")
	}
	if got, known := id.Identity(); known {
		t.Fatalf("before the first session: got %+v", got)
	}
	if _, err := store.List(t.Context(), "."); err != nil {
		t.Fatal(err)
	}
	return id.Identity()
}

func TestIdentity_isTheCertificateOfTheControlConnection(t *testing.T) {
	for _, o := range []ftptest.Options{
		{TLS: ftptest.Explicit}, {TLS: ftptest.Implicit}, {TLS: ftptest.Explicit, MaxTLS: tls.VersionTLS12},
	} {
		srv := ftptest.New(t, o)
		cert := certificateOf(t, srv)
		got, known := identityOf(t, srv)
		if !known || !strings.EqualFold(strings.ReplaceAll(got.Certificate, ":", ""), hexPin(cert)) || got.Key != keyPin(cert) ||
			!got.From.Equal(cert.NotBefore) || !got.Until.Equal(cert.NotAfter) || got.Pinned {
			t.Errorf("got %+v, %v", got, known)
		}
		if got, known := identityOf(t, srv, keyPin(cert)); !known || !got.Pinned || got.Key != keyPin(cert) {
			t.Errorf("of a pin: got %+v, %v", got, known)
		}
	}
}

// Without TLS nothing proves which server it is.
func TestIdentity_isUnknownWithoutTLS(t *testing.T) {
	if got, known := identityOf(t, ftptest.New(t, ftptest.Options{})); known {
		t.Errorf("got %+v", got)
	}
}

// What identifies the server is learned from the session that is opened anyway.
func TestIdentity_costsNoCommandAndNoConnection(t *testing.T) {
	srv := ftptest.New(t, ftptest.Options{TLS: ftptest.Explicit})
	store := open(t, settingsFor(srv), srv.Password)
	if _, err := store.List(t.Context(), "."); err != nil {
		t.Fatal(err)
	}
	before := len(srv.Commands())
	if _, known := store.Identity(); !known {
		t.Error("it is not known")
	}
	if after := len(srv.Commands()); after != before || after == 0 {
		t.Errorf("got %d commands, and %d before", after, before)
	}
}
