package lock_test

import (
	"context"
	"errors"
	"testing"

	"github.com/vmxsync/vmxsync/apply/lock"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/faults"
	"github.com/vmxsync/vmxsync/providers/ftp"
	"github.com/vmxsync/vmxsync/providers/ftp/ftptest"
	"github.com/vmxsync/vmxsync/providers/providertest"
)

// account is a store of its own on the account of a server, closed at the end.
func account(t *testing.T, srv *ftptest.Server, options ...func(*ftp.Settings)) providers.Store {
	t.Helper()
	s := ftp.NewSettings()
	s.Host, s.Port, s.Username, s.Root, s.Connections = srv.Host, srv.Port, srv.User, srv.Path, 2
	s.Password = providers.Reference{Kind: providers.EnvReference, Name: "PASSWORD"}
	s.TLS = &ftp.TLS{Mode: ftp.Off}
	for _, set := range options {
		set(s)
	}
	store, err := ftp.Open(t.Context(), s, func(context.Context, providers.Reference) (string, error) { return srv.Password, nil })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	return store
}

func onEachServer(t *testing.T, test func(t *testing.T, srv *ftptest.Server)) {
	t.Run("in-process", func(t *testing.T) {
		t.Parallel()
		test(t, ftptest.New(t, ftptest.Options{}))
	})
	for _, real := range ftptest.RealFor(providertest.Thin()) {
		t.Run(real.Name, func(t *testing.T) {
			t.Parallel()
			test(t, ftptest.NewReal(t, real.Name, ftptest.RealOptions{}))
		})
	}
}

func TestServers_oneOfManyGetsTheLock(t *testing.T) {
	onEachServer(t, func(t *testing.T, srv *ftptest.Server) {
		var stores []providers.Store
		for range 4 {
			stores = append(stores, account(t, srv))
		}
		for range 5 {
			locks, errs := race(t, len(stores), func(i int) providers.Store { return stores[i] }, lock.Options{})
			for _, err := range errs {
				if !errors.Is(err, lock.ErrHeld) {
					t.Error(err)
				}
			}
			if len(locks) != 1 {
				t.Fatalf("%d have the lock, want 1", len(locks))
			}
			if err := locks[0].Check(t.Context()); err != nil {
				t.Error(err)
			}
			release(t, locks[0])
		}
	})
}

func TestServers_sameMachineFollowsItsDead(t *testing.T) {
	onEachServer(t, func(t *testing.T, srv *ftptest.Server) {
		store, here := account(t, srv), t.TempDir()
		doom(t, lock.Here(here), store).kill(t)
		providertest.Fill(t, store, map[string]string{"web01/disk": "text"}) // the server goes on
		next := take(t, lock.Here(here), nas(store))
		wantNames(t, store, next.Holder().String())
		if _, err := lock.Force(t.Context(), nas(store), next.Holder().ID); err != nil {
			t.Error(err)
		}
		if err := next.Check(t.Context()); !errors.Is(err, lock.ErrLost) {
			t.Errorf("got %v, want ErrLost", err)
		}
		release(t, next)
	})
}

func TestServers_emptyFolderIsNobodys(t *testing.T) {
	onEachServer(t, func(t *testing.T, srv *ftptest.Server) {
		store := account(t, srv)
		crashed(t, machine(t), store, faults.CrashOn(faults.On("", faults.MakeDir), 0, faults.After))
		release(t, take(t, machine(t), nas(store)))
	})
}
