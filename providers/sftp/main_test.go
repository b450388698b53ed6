package sftp_test

import (
	"context"
	"testing"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/sftp"
	"github.com/vmxsync/vmxsync/providers/sftp/sftptest"
)

var reference = providers.Reference{Kind: providers.FileReference, Name: "/etc/nas.password"}

func secret(text string) providers.Secrets {
	return func(context.Context, providers.Reference) (string, error) { return text, nil }
}

// settingsFor are the settings of the account on srv, by its password.
func settingsFor(srv *sftptest.Server) *sftp.Settings {
	s := sftp.NewSettings()
	s.Host, s.Port, s.Username, s.Root = srv.Host, srv.Port, srv.User, srv.Path
	s.Password = reference
	s.HostKey = []string{srv.Fingerprint()}
	return s
}

// open opens a store that is closed with the test and does not wait between its tries.
func open(t *testing.T, srv *sftptest.Server, s *sftp.Settings) *sftp.Store {
	t.Helper()
	return openIn(t.Context(), t, srv, s)
}

func openIn(ctx context.Context, t *testing.T, srv *sftptest.Server, s *sftp.Settings) *sftp.Store {
	t.Helper()
	store, err := sftp.Open(ctx, s, secret(srv.Password))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	sftp.DoNotPause(store)
	return store
}
