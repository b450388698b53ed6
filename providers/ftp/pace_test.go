package ftp_test

import (
	"context"
	"errors"
	"io"
	"sync/atomic"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp"
	"github.com/vmxsync/vmxsync/providers/ftp/ftptest"
	"github.com/vmxsync/vmxsync/providers/providertest"
)

// metered is a store whose pace counts what passes, in a rate that is high
// enough to be no matter.
func metered(t *testing.T, srv *ftptest.Server, rate int64) (*ftp.Store, *atomic.Int64) {
	t.Helper()
	asked := new(atomic.Int64)
	store := open(t, settingsFor(srv), srv.Password)
	ftp.SetPace(store, providers.NewPace(func(time.Time) int64 {
		asked.Add(1)
		return rate
	}))
	return store, asked
}

func TestTransfer_movesContentInPiecesOfItsRateAndNothingElse(t *testing.T) {
	for _, srv := range []*ftptest.Server{
		ftptest.New(t, ftptest.Options{}),
		ftptest.New(t, ftptest.Options{TLS: ftptest.Explicit}),
		ftptest.NewReal(t, "vsftpd", ftptest.RealOptions{TLS: ftptest.Explicit}),
	} {
		const rate, size = 4 << 20, 1 << 20
		const pieces = size / (rate / 16)
		store, asked := metered(t, srv, rate)
		if err := store.Put(t.Context(), "file", providertest.Noise(1, size)); err != nil {
			t.Fatal(err)
		}
		if got := asked.Swap(0); got < pieces {
			t.Errorf("%s: an upload asked %d times for its pace, want once for each of %d pieces", srv.Name, got, pieces)
		}
		r, err := store.Open(t.Context(), "file", 0)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		if n, err := io.Copy(io.Discard, r); n != size || err != nil {
			t.Errorf("%s: read %d bytes, %v", srv.Name, n, err)
		}
		if got := asked.Swap(0); got < pieces {
			t.Errorf("%s: a download asked %d times for its pace, want once for each of %d pieces", srv.Name, got, pieces)
		}
		if _, err := store.List(t.Context(), "."); err != nil {
			t.Error(err)
		}
		if err := store.Rename(t.Context(), "file", "moved"); err != nil {
			t.Error(err)
		}
		if got := asked.Load(); got > 0 {
			t.Errorf("%s: commands and listings asked %d times for a pace", srv.Name, got)
		}
	}
}

func TestTransfer_endsAtItsCancelWhileItWaits(t *testing.T) {
	srv := ftptest.New(t, ftptest.Options{})
	ctx, cancel := context.WithCancel(t.Context())
	store := open(t, settingsFor(srv), srv.Password)
	ftp.SetPace(store, providers.NewPace(func(time.Time) int64 {
		cancel()
		return 1 // a byte per second
	}))
	if err := store.Put(ctx, "file", providertest.Noise(1, 1<<20)); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
}

func TestTransfer_keepsTheLawWithARateLimit(t *testing.T) {
	t.Parallel()
	srv := ftptest.New(t, ftptest.Options{TLS: ftptest.Explicit})
	s := settingsFor(srv)
	s.Transfer = &ftp.Transfer{}
	if err := s.Transfer.RateLimit.UnmarshalText([]byte("00:00,1GiB/s 12:00,off")); err != nil {
		t.Fatal(err)
	}
	providertest.Run(t, func(t *testing.T) providers.Store { return open(t, s, srv.Password) })
}
