package ftp_test

import (
	"context"
	"fmt"
	"net"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/providers/contract"
	"github.com/vmxsync/vmxsync/providers/ftp"
	"github.com/vmxsync/vmxsync/providers/ftp/ftptest"
)

// Cancelled, closed and refused while the data connection is being made.
func TestPut_cancelledWhileTheDataConnectionIsMade(t *testing.T) {
	for _, mode := range []ftptest.TLS{ftptest.Off, ftptest.Explicit} {
		srv := ftptest.New(t, ftptest.Options{TLS: mode})
		s := settingsFor(srv)
		s.Connections, s.Timeouts = 2, brief(5*time.Second)
		store := open(t, s, srv.Password)
		var slow atomic.Bool
		control := fmt.Sprintf(":%d", s.Port)
		ftp.Lead(store, func(ctx context.Context, address string) (net.Conn, error) {
			if slow.Load() && !strings.HasSuffix(address, control) {
				select {
				case <-ctx.Done():
					return nil, ctx.Err()
				case <-time.After(200 * time.Millisecond):
				}
			}
			return (&net.Dialer{}).DialContext(ctx, "tcp", address)
		})
		if err := store.Put(t.Context(), "a", contract.Text("x")); err != nil {
			t.Fatal(err)
		}
		slow.Store(true)
		before := runtime.NumGoroutine()
		for i := range 12 {
			ctx, cancel := context.WithTimeout(t.Context(), time.Duration(i*20)*time.Millisecond)
			began := time.Now()
			err := store.Put(ctx, fmt.Sprint("b", i), contract.Noise{Seed: 1, Bytes: 1 << 20})
			if took := time.Since(began); took > time.Duration(i*20+300)*time.Millisecond {
				t.Errorf("%s %v", took, err)
			}
			_, err = store.List(ctx, ".")
			cancel()
			store.Put(t.Context(), "missing\x01", contract.Text("x"))
		}
		store.Close()
		time.Sleep(500 * time.Millisecond)
		buf := make([]byte, 1<<20)
		all := string(buf[:runtime.Stack(buf, true)])
		for g := range strings.SplitSeq(all, "\n\n") {
			if strings.Contains(g, "providers/ftp/wire") || strings.Contains(g, "providers/session") {
				t.Errorf("left: %s", g)
			}
		}
		t.Log(before, runtime.NumGoroutine())
	}
}
