package ftp_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/contract"
	"github.com/vmxsync/vmxsync/providers/ftp"
	"github.com/vmxsync/vmxsync/providers/ftp/ftptest"
)

// A file without bytes, where the data connection takes longer than the 150.
func TestPut_emptyFileOverASlowDataConnection(t *testing.T) {
	for _, name := range []string{"pyftpdlib", "proftpd", "vsftpd", "pure-ftpd", "inprocess"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var srv *ftptest.Server
			if name == "inprocess" {
				srv = ftptest.New(t, ftptest.Options{})
			} else {
				srv = ftptest.NewReal(t, name, ftptest.RealOptions{})
			}
			relay, err := ftptest.NewRelay(srv, ftptest.Faults{})
			if err != nil {
				t.Fatal(err)
			}
			defer relay.Close()
			s := settingsFor(srv)
			s.Port, s.Connections = relay.Port, 1
			s.Timeouts = brief(5 * time.Second)
			store := open(t, s, srv.Password)
			control := fmt.Sprintf(":%d", s.Port)
			ftp.Lead(store, func(ctx context.Context, address string) (net.Conn, error) {
				if !strings.HasSuffix(address, control) { // as through a proxy, or after a lost SYN
					select {
					case <-time.After(300 * time.Millisecond):
					case <-ctx.Done():
						return nil, ctx.Err()
					}
				}
				return (&net.Dialer{}).DialContext(ctx, "tcp", address)
			})
			if err := store.Put(t.Context(), "first", contract.Text("x")); err != nil {
				t.Fatal(err)
			}
			for i := range 2 {
				if err := store.Put(t.Context(), fmt.Sprint("empty", i), contract.Text("")); err != nil {
					t.Errorf("empty file: %v", err)
				}
			}
			if n := relay.Sessions(); n != 1 {
				t.Errorf("%d sessions: one was lost over a file without bytes", n)
			}
		})
	}
}

// The reply to an earlier command comes once more, just before the reply to STAT.
func TestLean_takesNoOtherReplyForAListing(t *testing.T) {
	for _, doubled := range []string{"250 deleted", "213 1234", "200 ok"} {
		t.Run(doubled, func(t *testing.T) {
			late := false
			say := map[string]func(*scripted) string{
				"FEAT": said("211-these\n SIZE\n211 end"),
				"LIST": func(c *scripted) string {
					if strings.HasSuffix(c.arg, "Bart") {
						return c.send("drwxr-xr-x 1 o g 1 Jan 01 2024 2026-11-20-010000\r\n-rw-r--r-- 1 o g 5 Jan 01 2024 precious\r\n", "226 done")
					}
					return c.send("drwxr-xr-x 1 o g 1 Jan 01 2024 .vmxsync\r\ndrwxr-xr-x 1 o g 1 Jan 01 2024 Bart\r\ndrwxr-xr-x 1 o g 1 Jan 01 2024 Lisa\r\n", "226 done")
				},
				"STAT": func(c *scripted) string {
					switch {
					case strings.HasSuffix(c.arg, "not-here") || strings.HasPrefix(c.arg, "-a"):
						return "550 no such folder"
					case strings.HasSuffix(c.arg, "Bart"):
						if late {
							io.WriteString(c, doubled+"\r\n")
						}
						return "213-status\n drwxr-xr-x 1 o g 1 Jan 01 2024 2026-11-20-010000\n -rw-r--r-- 1 o g 5 Jan 01 2024 precious\n213 end"
					}
					return "213-status\n drwxr-xr-x 1 o g 1 Jan 01 2024 .vmxsync\n drwxr-xr-x 1 o g 1 Jan 01 2024 Bart\n drwxr-xr-x 1 o g 1 Jan 01 2024 Lisa\n213 end"
				},
				"RMD": said("250 removed"),
			}
			srv := newScript(t, say)
			set := srv.settings()
			set.Connections, set.Timeouts = 1, brief(2*time.Second)
			store := providers.LeanOf(open(t, set, "x"))
			files, err := store.List(t.Context(), "Bart")
			if err != nil || len(files) != 2 {
				t.Fatal(files, err)
			}
			late = true
			files, err = store.List(t.Context(), "Bart")
			if err == nil && len(files) != 2 {
				t.Errorf("the listing of a folder with two entries has %d, and no error", len(files))
			}
			err = store.RemoveListed(t.Context(), providers.File{Path: "Bart", Kind: providers.Dir})
			if srv.count("RMD") > 0 {
				t.Errorf("RMD was sent for a folder that is not empty: %v", err)
			}
			t.Log(srv.heard)
		})
	}
}

// A name with a line feed ends the reply.
func TestLean_noNameEndsAListing(t *testing.T) {
	for _, name := range []string{"pyftpdlib", "proftpd", "vsftpd", "pure-ftpd"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := ftptest.NewReal(t, name, ftptest.RealOptions{})
			for _, n := range []string{".vmxsync/owner", "a/x", "b/x", "c/x", "d/x", "e/x", "VM/a1", "VM/a2", "VM/zz\n213 end of status", "VM/zzz"} {
				p := filepath.Join(srv.Root, n)
				if err := errors.Join(os.MkdirAll(filepath.Dir(p), 0o777), os.WriteFile(p, []byte("x"), 0o666)); err != nil {
					t.Fatal(err)
				}
			}
			for i := range 40 {
				os.WriteFile(filepath.Join(srv.Root, "a", fmt.Sprint(i)), nil, 0o666)
				os.WriteFile(filepath.Join(srv.Root, "VM", fmt.Sprint("q", i)), nil, 0o666)
			}
			for i := range 60 {
				os.WriteFile(filepath.Join(srv.Root, "b", fmt.Sprint(i)), nil, 0o666)
			}
			s := settingsFor(srv)
			s.Connections = 1
			store := providers.LeanOf(open(t, s, srv.Password))
			store.List(t.Context(), "b")
			store.List(t.Context(), "b")
			files, err := store.List(t.Context(), "VM")
			want, noList := open(t, s, srv.Password).List(t.Context(), "VM")
			if err == nil && (noList != nil || len(files) != len(want)) {
				t.Errorf("%d entries and no error, want %d, %v", len(files), len(want), noList)
			}
		})
	}
}

// The control connection ends while the data connection is being made.
func TestPut_controlLostWhileTheDataConnectionIsMade(t *testing.T) {
	var cut atomic.Bool
	h := &held{body: contract.Noise{Seed: 1, Bytes: 3 << 20}}
	stored := 0
	h.store = func(h *held, c *scripted) string {
		if cut.Swap(false) {
			return "hang up"
		}
		n := c.receive()
		h.size.Store(n)
		stored++
		return "226 stored"
	}
	srv := newScriptWith(t, nil, h.verbs())
	s := srv.settings()
	s.Connections, s.Timeouts = 1, brief(3*time.Second)
	store := open(t, s, "x")
	control := fmt.Sprintf(":%d", s.Port)
	ftp.Lead(store, func(ctx context.Context, address string) (net.Conn, error) {
		if !strings.HasSuffix(address, control) && cut.Load() {
			<-ctx.Done()
			return nil, ctx.Err()
		}
		return (&net.Dialer{}).DialContext(ctx, "tcp", address)
	})
	if err := store.Put(t.Context(), "a", h.body); err != nil {
		t.Fatal(err)
	}
	cut.Store(true)
	err := store.Put(t.Context(), "b", h.body)
	t.Logf("%v, cancelled: %v, stored %d", err, errors.Is(err, context.Canceled), stored)
	if err != nil {
		t.Error(err)
	}
}

// EPSV worked, and its ports are closed now; the server says 425 at once.
func TestPut_triesPASVAfterAPortWasClosed(t *testing.T) {
	var closed atomic.Bool
	h := &held{body: contract.Noise{Seed: 1, Bytes: 3 << 20}}
	var byPASV atomic.Bool
	h.store = func(h *held, c *scripted) string {
		if closed.Load() && !byPASV.Load() {
			return "425 no data connection"
		}
		h.size.Store(c.receive())
		return "226 stored"
	}
	say := h.verbs()
	say["EPSV"] = func(c *scripted) string { byPASV.Store(false); return c.passive() }
	say["PASV"] = func(c *scripted) string { byPASV.Store(true); return c.oldPassive() }
	srv := newScriptWith(t, nil, say)
	s := srv.settings()
	s.Connections, s.Timeouts = 1, brief(3*time.Second)
	store := open(t, s, "x")
	control := fmt.Sprintf(":%d", s.Port)
	ftp.Lead(store, func(ctx context.Context, address string) (net.Conn, error) {
		if !strings.HasSuffix(address, control) && closed.Load() && !byPASV.Load() {
			return nil, errors.New("connection refused")
		}
		return (&net.Dialer{}).DialContext(ctx, "tcp", address)
	})
	if err := store.Put(t.Context(), "a", h.body); err != nil {
		t.Fatal(err)
	}
	closed.Store(true)
	if err := store.Put(t.Context(), "b", h.body); err != nil {
		t.Errorf("PASV %d times: %v", srv.count("PASV"), err)
	}
}
