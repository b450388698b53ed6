package ftp_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp"
	"github.com/vmxsync/vmxsync/providers/ftp/ftptest"
)

var reference = providers.Reference{Kind: providers.FileReference, Name: "/etc/nas.password"}

func secret(password string) providers.Secrets {
	return func(context.Context, providers.Reference) (string, error) { return password, nil }
}

// settingsFor are the settings of the account on srv.
func settingsFor(srv *ftptest.Server) *ftp.Settings {
	s := ftp.NewSettings()
	s.Host, s.Port, s.Username, s.Root = srv.Host, srv.Port, srv.User, srv.Path
	s.Password = reference
	s.TLS = &ftp.TLS{Mode: ftp.Off}
	if srv.TLS != ftptest.Off {
		s.TLS = &ftp.TLS{Mode: string(srv.TLS), CAFile: srv.CAFile}
	}
	return s
}

// open opens a store that is closed with the test and does not wait between
// its tries.
func open(t *testing.T, s *ftp.Settings, password string) *ftp.Store {
	t.Helper()
	return openTraced(t, s, password, io.Discard)
}

func openTraced(t *testing.T, s *ftp.Settings, password string, w io.Writer) *ftp.Store {
	t.Helper()
	return openWith(providers.WithTrace(t.Context(), w), t, s, password)
}

// openTold opens a store that tells its notices.
func openTold(t *testing.T, s *ftp.Settings, tell func(string)) *ftp.Store {
	t.Helper()
	return openWith(providers.WithNotices(t.Context(), tell), t, s, "x")
}

func openWith(ctx context.Context, t *testing.T, s *ftp.Settings, password string) *ftp.Store {
	t.Helper()
	store, err := ftp.Open(ctx, s, secret(password))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	ftp.DoNotPause(store)
	return store
}

// brief are timeouts for servers that fall silent.
func brief(d time.Duration) *ftp.Timeouts {
	p := providers.Duration(d)
	return &ftp.Timeouts{Connect: p, IO: p, Reply: p}
}

// sumOf is the SHA-256 of a body in hex.
func sumOf(t *testing.T, body providers.Body) string {
	t.Helper()
	r, err := body.Open(0)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	h := sha256.New()
	if _, err := io.Copy(h, r); err != nil {
		t.Fatal(err)
	}
	return hex.EncodeToString(h.Sum(nil))
}
