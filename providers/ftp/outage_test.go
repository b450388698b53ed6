package ftp_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp"
	"github.com/vmxsync/vmxsync/providers/ftp/ftptest"
	"github.com/vmxsync/vmxsync/providers/providertest"
)

// briefly bounds the waits for a network that falls silent, and is enough
// for the login where it does not; elsewhere nobody waits so long.
const (
	briefly = 2 * time.Second
	calmly  = 30 * time.Second
)

// outage is a real server behind a bad network, with a file that must survive.
type outage struct {
	srv   *ftptest.Server
	relay *ftptest.Relay
	store *ftp.Store
}

var survivor = providertest.Noise(99, 100_000)

// cutOff opens a store on srv through a relay that does f once the survivor is
// there. No wait of the store is longer than wait.
func cutOff(t *testing.T, srv *ftptest.Server, wait time.Duration, f ftptest.Faults) outage {
	t.Helper()
	relay := ftptest.Via(t, srv, ftptest.Faults{})
	s := via(srv, relay)
	s.Timeouts = brief(wait)
	if err := open(t, settingsFor(srv), srv.Password).Put(t.Context(), "kept/survivor", survivor); err != nil {
		t.Fatal(err)
	}
	if err := relay.Set(f); err != nil {
		t.Fatal(err)
	}
	return outage{srv, relay, open(t, s, srv.Password)}
}

// recovers demands that the faults have happened, that nothing is lost and that
// the same store works when they are over. Parts of files may be there.
func (o outage) recovers(t *testing.T, parts ...string) {
	t.Helper()
	if missed := o.relay.Missed(); len(missed) > 0 {
		t.Errorf("%v did not happen", missed)
	}
	if err := o.relay.Set(ftptest.Faults{}); err != nil {
		t.Fatal(err)
	}
	body := providertest.Noise(5, 300_000)
	if err := o.store.Put(t.Context(), "kept/fresh", body); err != nil {
		t.Errorf("put when it is over: %v", err)
	}
	expectWhole(t, o.srv, "kept/fresh", body)
	expectWhole(t, o.srv, "kept/survivor", survivor)
	files, err := o.store.List(t.Context(), "kept")
	if err != nil {
		t.Fatalf("list when it is over: %v", err)
	}
	want := append([]string{"kept/fresh", "kept/survivor"}, parts...)
	for _, f := range files {
		want = remove(want, f.Path)
		if strings.HasPrefix(path.Base(f.Path), unfinished) {
			want = remove(want, parts...)
		}
	}
	if len(want) > 0 || len(files) != 2+len(parts) {
		t.Errorf("got %v, missing %q", files, want)
	}
}

// unfinished begins the name under which Pure-FTPd writes a file until it has
// noticed that the client is gone: on a busy machine that is not soon.
const unfinished = ".pureftpd-upload."

func remove(names []string, gone ...string) []string {
	return slices.DeleteFunc(names, func(n string) bool { return slices.Contains(gone, n) })
}

// expectHint demands an error with a sentinel, unless that is nil, and a hint.
func expectHint(t *testing.T, err, sentinel error, hint string) {
	t.Helper()
	if err == nil || sentinel != nil && !errors.Is(err, sentinel) || !strings.Contains(providers.Hint(err), hint) {
		t.Errorf("got %v, hint %q, want %v and a hint with %q", err, providers.Hint(err), sentinel, hint)
	}
}

func TestOutage_noBanner(t *testing.T) {
	t.Parallel()
	together(t, func(t *testing.T, r ftptest.RealServer) {
		o := cutOff(t, ftptest.NewReal(t, r.Name, ftptest.RealOptions{}), briefly, ftptest.Faults{NoBanner: true})
		_, err := o.store.List(t.Context(), "kept")
		expectHint(t, err, providers.ErrUnreachable, "timeouts.connect")
		o.recovers(t)
	})
}

// secured are the options of a server with TLS, if it has that.
func secured(r ftptest.RealServer) ftptest.RealOptions {
	if len(r.Modes) == 1 {
		return ftptest.RealOptions{}
	}
	return ftptest.RealOptions{TLS: ftptest.Explicit}
}

func TestOutage_blackHoleOnData(t *testing.T) {
	t.Parallel()
	together(t, func(t *testing.T, r ftptest.RealServer) {
		o := cutOff(t, ftptest.NewReal(t, r.Name, secured(r)), briefly, ftptest.Faults{HoldUpload: 100_000})
		err := o.store.Put(t.Context(), "kept/part", providertest.Noise(1, 64<<20))
		expectHint(t, err, nil, "timeouts.io")
		o.recovers(t, "kept/part")
	})
}

func TestOutage_blackHoleOnAListing(t *testing.T) {
	t.Parallel()
	together(t, func(t *testing.T, r ftptest.RealServer) {
		o := cutOff(t, ftptest.NewReal(t, r.Name, ftptest.RealOptions{}), briefly, ftptest.Faults{HoldDownload: 10})
		_, err := o.store.List(t.Context(), "kept")
		expectHint(t, err, nil, "timeouts.io")
		o.recovers(t)
	})
}

// Only the first session falls silent: its call goes on in another one.
func TestOutage_blackHoleOnControl(t *testing.T) {
	t.Parallel()
	together(t, func(t *testing.T, r ftptest.RealServer) {
		o := cutOff(t, ftptest.NewReal(t, r.Name, ftptest.RealOptions{}), briefly, ftptest.Faults{})
		if _, err := o.store.List(t.Context(), "kept"); err != nil {
			t.Fatal(err)
		}
		if err := o.relay.Set(ftptest.Faults{HoldControl: 1, Times: 1}); err != nil {
			t.Fatal(err)
		}
		body := providertest.Noise(1, 1<<20)
		if err := o.store.Put(t.Context(), "kept/file", body); err != nil {
			t.Errorf("put: %v", err)
		}
		expectWhole(t, o.srv, "kept/file", body)
		o.recovers(t, "kept/file")
	})
}

func TestOutage_blackHoleOnEverySession(t *testing.T) {
	t.Parallel()
	together(t, func(t *testing.T, r ftptest.RealServer) {
		o := cutOff(t, ftptest.NewReal(t, r.Name, secured(r)), briefly, ftptest.Faults{HoldControl: 30})
		err := o.store.Put(t.Context(), "kept/file", providertest.Noise(1, 1<<20))
		expectHint(t, err, providers.ErrUnreachable, "")
		o.recovers(t)
	})
}

// A reply that the network has cut short is no refusal: ftp-srv's "331 Usern" was taken for a
// wrong password, which counts towards the logins that are tried at all.
func TestOutage_blackHoleInTheLogin(t *testing.T) {
	t.Parallel()
	for n := int64(10); n <= 90; n += 4 {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			t.Parallel()
			o := cutOff(t, ftptest.New(t, ftptest.Options{}), briefly, ftptest.Faults{HoldControl: n})
			_, err := o.store.List(t.Context(), "kept")
			if !errors.Is(err, providers.ErrUnreachable) || errors.Is(err, providers.ErrLogin) {
				t.Errorf("got %v, want ErrUnreachable", err)
			}
		})
	}
}

func TestOutage_lostReplyAfterAWholeFile(t *testing.T) {
	t.Parallel()
	together(t, func(t *testing.T, r ftptest.RealServer) {
		for name, f := range map[string]ftptest.Faults{
			"reset":  {LoseReplyTo: "STOR", Times: 1},
			"silent": {HoldReplyTo: "STOR", Times: 1},
		} {
			t.Run(name, func(t *testing.T) {
				o := cutOff(t, ftptest.NewReal(t, r.Name, ftptest.RealOptions{}), briefly, f)
				body := providertest.Noise(1, 8<<20)
				if err := o.store.Put(t.Context(), "kept/file", body); err != nil {
					t.Errorf("put: %v", err)
				}
				if got := o.relay.Uploaded(); got != body.Size() {
					t.Errorf("%d bytes were sent, want %d and nothing again", got, body.Size())
				}
				expectWhole(t, o.srv, "kept/file", body)
				o.recovers(t, "kept/file")
			})
		}
	})
}

func TestOutage_overALongLine(t *testing.T) {
	t.Parallel()
	together(t, func(t *testing.T, r ftptest.RealServer) {
		o := cutOff(t, ftptest.NewReal(t, r.Name, secured(r)), calmly, ftptest.Faults{Delay: 50 * time.Millisecond})
		body := providertest.Noise(1, 1<<20)
		if err := o.store.Put(t.Context(), "kept/new", body); err != nil {
			t.Errorf("put: %v", err)
		}
		if err := o.store.Rename(t.Context(), "kept/new", "kept/file"); err != nil {
			t.Errorf("rename: %v", err)
		}
		expectWhole(t, o.srv, "kept/file", body)
		if err := o.store.Remove(t.Context(), "kept/file"); err != nil {
			t.Errorf("remove: %v", err)
		}
		o.recovers(t)
	})
}

// The third session is refused while two uploads wait for that.
func TestOutage_oneSessionTooMany(t *testing.T) {
	t.Parallel()
	together(t, func(t *testing.T, r ftptest.RealServer) {
		srv, s, want := limited(t, r)
		refused := &awaited{words: []string{"< 421 ", "< 530 "}, seen: make(chan struct{})}
		store := openTraced(t, s, srv.Password, refused)
		var all sync.WaitGroup
		for _, name := range []string{"a", "b", "c"} {
			all.Go(func() {
				if err := store.Put(t.Context(), name, waiting{survivor, refused.seen}); err != nil {
					t.Errorf("put %s: %v", name, err)
				}
			})
		}
		all.Wait()
		for _, name := range []string{"a", "b", "c"} {
			expectWhole(t, srv, name, survivor)
		}
		if got := store.Traits().Sessions; got != want {
			t.Errorf("%d sessions at the end, want %d", got, want)
		}
	})
}

// limited starts a server that takes two sessions. One that has no such limit
// has a relay that refuses the third, and takes the others.
func limited(t *testing.T, r ftptest.RealServer) (srv *ftptest.Server, s *ftp.Settings, sessions int) {
	t.Helper()
	if r.Facts.FullTold != "" {
		srv = ftptest.NewReal(t, r.Name, ftptest.RealOptions{MaxClients: 2})
		return srv, settingsFor(srv), 2
	}
	srv = ftptest.NewReal(t, r.Name, ftptest.RealOptions{})
	return srv, via(srv, ftptest.Via(t, srv, ftptest.Faults{RefuseSession: 3})), 3
}

// awaited is a trace that tells when one of some words is in it.
type awaited struct {
	words []string
	once  sync.Once
	seen  chan struct{}
}

func (a *awaited) Write(line []byte) (int, error) {
	for _, w := range a.words {
		if bytes.Contains(line, []byte(w)) {
			a.once.Do(func() { close(a.seen) })
		}
	}
	return len(line), nil
}

func TestOutage_aListingOfTooMany(t *testing.T) {
	t.Parallel()
	srv := ftptest.NewReal(t, "pure-ftpd", ftptest.RealOptions{})
	for i := range 10_050 {
		if err := os.Mkdir(filepath.Join(srv.Root, fmt.Sprint("set", i)), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	files, err := open(t, settingsFor(srv), srv.Password).List(t.Context(), ".")
	expectHint(t, err, providers.ErrListing, "LimitRecursion")
	if files != nil {
		t.Errorf("got %d entries of a listing that is not whole", len(files))
	}
}
