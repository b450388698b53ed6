package readmark_test

import (
	"context"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/apply/lock"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp"
	"github.com/vmxsync/vmxsync/providers/ftp/ftptest"
	"github.com/vmxsync/vmxsync/providers/providertest"
	"github.com/vmxsync/vmxsync/state/read"
)

func account(t *testing.T, srv *ftptest.Server) providers.Store {
	t.Helper()
	s := ftp.NewSettings()
	s.Host, s.Port, s.Username, s.Root, s.Connections = srv.Host, srv.Port, srv.User, srv.Path, 2
	s.Password = providers.Reference{Kind: providers.EnvReference, Name: "PASSWORD"}
	s.TLS = &ftp.TLS{Mode: ftp.Off}
	store, err := ftp.Open(t.Context(), s, func(context.Context, providers.Reference) (string, error) { return srv.Password, nil })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	return store
}

// TestServers_ageOfAMark: a mark is as old as it is by the clock of the server, in whatever
// zone and steps that is told, and leaves nothing behind.
func TestServers_ageOfAMark(t *testing.T) {
	test := func(t *testing.T, srv *ftptest.Server) {
		reader, applier := account(t, srv), account(t, srv)
		held, err := lock.Here(t.TempDir()).Take(t.Context(), lock.Place{Name: "nas", Key: srv.Host + t.Name(), Store: applier, Work: work}, lock.Options{})
		if err != nil {
			t.Fatal(err)
		}
		end := leave(t.Context(), t, reader, "run1")
		there, err := held.Written(t.Context())
		if err != nil || there.IsZero() {
			t.Fatalf("the time at the server: %v, %v", there, err)
		}
		all := marks(t, providers.LeanOf(applier))
		if len(all) != 1 || all[0].Written.Sub(there).Abs() > 2*time.Minute || !all[0].Reads(bart) {
			t.Errorf("got %+v, want one that was written at %s", all, there)
		}
		end()
		if all, err := read.Marks(t.Context(), applier, work); err != nil || len(all) > 0 {
			t.Errorf("left behind: %+v, %v", all, err)
		}
		if err := held.Release(t.Context()); err != nil {
			t.Error(err)
		}
		if _, err := applier.Stat(t.Context(), string(work)); err == nil {
			t.Error("the work folder is still there")
		}
	}
	t.Run("in-process", func(t *testing.T) { test(t, ftptest.New(t, ftptest.Options{})) })
	for _, real := range ftptest.RealFor(providertest.Thin()) {
		t.Run(real.Name, func(t *testing.T) { test(t, ftptest.NewReal(t, real.Name, ftptest.RealOptions{})) })
	}
}
