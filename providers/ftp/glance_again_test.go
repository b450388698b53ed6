package ftp_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp/ftptest"
	"github.com/vmxsync/vmxsync/providers/providertest"
)

// TestLean_laterSessionsProveSTATWithoutAListing counts what a second session asks, which
// knows what the first one has listed.
func TestLean_laterSessionsProveSTATWithoutAListing(t *testing.T) {
	for _, real := range ftptest.RealFor(providertest.Thin()) {
		if slices.Contains(noStatus, real.Name) {
			continue
		}
		t.Run(real.Name, func(t *testing.T) {
			t.Parallel()
			srv := ftptest.NewReal(t, real.Name, ftptest.RealOptions{})
			sampleFolders(t, srv)
			relay, err := ftptest.NewRelay(srv, ftptest.Faults{})
			if err != nil {
				t.Fatal(err)
			}
			defer relay.Close()
			s := via(srv, relay)
			s.Connections = 2
			store := providers.LeanOf(open(t, s, srv.Password))
			want, err := store.List(t.Context(), "plain")
			if err != nil {
				t.Fatal(err)
			}
			busy, err := store.Open(t.Context(), "plain/file", 0) // occupies the session
			if err != nil {
				t.Fatal(err)
			}
			defer busy.Close()
			relay.Forget()
			got, err := store.List(t.Context(), "plain")
			if err != nil || !slices.EqualFunc(got, want, func(a, b providers.File) bool { return a.Path == b.Path && a.Kind == b.Kind && a.Size == b.Size }) {
				t.Errorf("got %v, %v\nwant %v", got, err, want)
			}
			sent := relay.Commands()
			if n := sent["EPSV"] + sent["PASV"] + sent["LIST"] + sent["MLSD"]; n > 0 || sent["USER"] != 1 || sent["STAT"] > 3 {
				t.Errorf("the second session sent %v", sent)
			}
		})
	}
}

// Behind one address there may be several servers: the second one hides in STAT what
// begins with a dot.
func TestLean_believesNoSessionForAnother(t *testing.T) {
	root := []string{dLine + ".vmxsync", dLine + "Bart", dLine + "Lisa"}
	bart := []string{fLine + ".claim", fLine + "precious"}
	of := func(arg string) []string {
		if strings.HasSuffix(arg, "Bart") {
			return bart
		}
		return root
	}
	srv := newScript(t, verbs{
		"FEAT": said("211-these\n SIZE\n211 end"),
		"LIST": func(c *scripted) string { return c.send(listReply(of(c.arg)...), "226 done") },
		"RETR": func(c *scripted) string { return c.send("text", "226 done") },
		"STAT": func(c *scripted) string {
			if strings.HasSuffix(c.arg, "not-here") || strings.HasPrefix(c.arg, "-a") {
				return "550 no such folder"
			}
			lines := slices.Clone(of(c.arg))
			if c.number > 1 {
				lines = slices.DeleteFunc(lines, func(l string) bool { return strings.Contains(l, " .") })
			}
			return statusReply(lines...)
		},
	})
	set := srv.settings()
	set.Connections, set.Timeouts = 2, brief(2*time.Second)
	store := open(t, set, "x").Lean()
	if files, err := store.List(t.Context(), "Bart"); err != nil || len(files) != 2 {
		t.Fatal(files, err)
	}
	busy, err := store.Open(t.Context(), "file", 0)
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close()
	files, err := store.List(t.Context(), "Bart")
	if err != nil || len(files) != 2 {
		t.Errorf("got %v, %v; want both files", files, err)
	}
	if n := srv.dialled.Load(); n != 2 {
		t.Errorf("%d sessions, want 2", n)
	}
}

// A root that gets a folder between its listing and STAT is no reason to list without STAT
// from then on; one that always gets another is.
func TestLean_provesAgainARootThatHasChanged(t *testing.T) {
	for name, changes := range map[string]int{"a few times": 3, "always": 1000} {
		t.Run(name, func(t *testing.T) {
			store, srv := growing(t, changes)
			if _, err := store.List(t.Context(), "Bart"); err != nil {
				t.Fatal(err)
			}
			busy, err := store.Open(t.Context(), "file", 0) // occupies the session
			if err != nil {
				t.Fatal(err)
			}
			defer busy.Close()
			list := func(times int) (stats int) {
				before := srv.count("STAT")
				for range times {
					if files, err := store.List(t.Context(), "Bart"); err != nil || len(files) != 1 {
						t.Fatalf("got %v, %v", files, err)
					}
				}
				return srv.count("STAT") - before
			}
			list(20)
			if stats, want := list(5), map[string]int{"a few times": 5, "always": 0}[name]; stats != want {
				t.Errorf("%d STAT for 5 listings, want %d", stats, want)
			}
		})
	}
}

// growing is a place whose root gets a folder after a file is read, and after each listing by
// a later session, so many times.
func growing(t *testing.T, times int) (providers.Store, *script) {
	t.Helper()
	var mu sync.Mutex
	root := []string{dLine + ".vmxsync", dLine + "Bart"}
	of := func(arg string, grow bool) []string {
		mu.Lock()
		defer mu.Unlock()
		if strings.HasSuffix(arg, "Bart") {
			return []string{fLine + "precious"}
		}
		seen := slices.Clone(root)
		if grow && times > 0 {
			times--
			root = append(root, fmt.Sprintf("%sVM%d", dLine, times))
		}
		return seen
	}
	srv := newScript(t, verbs{
		"FEAT": said("211-these\n SIZE\n211 end"),
		"LIST": func(c *scripted) string { return c.send(listReply(of(c.arg, c.number > 1)...), "226 done") },
		"RETR": func(c *scripted) string { of("", true); return c.send("text", "226 done") },
		"STAT": func(c *scripted) string {
			if strings.HasSuffix(c.arg, "not-here") || strings.HasPrefix(c.arg, "-a") {
				return "550 no such folder"
			}
			return statusReply(of(c.arg, c.number > 1)...)
		},
	})
	set := srv.settings()
	set.Connections, set.Timeouts = 2, brief(2*time.Second)
	return open(t, set, "x").Lean(), srv
}

// TestList_seesLinksBySTAT: MLSD describes what a link leads to on some servers, and the
// listing that shows the link needs no data connection where STAT is proven.
func TestList_seesLinksBySTAT(t *testing.T) {
	for _, real := range ftptest.RealFor(providertest.Thin()) {
		if !real.Facts.MLSD || slices.Contains(noStatus, real.Name) {
			continue
		}
		t.Run(real.Name, func(t *testing.T) {
			t.Parallel()
			srv := ftptest.NewReal(t, real.Name, ftptest.RealOptions{})
			sampleFolders(t, srv)
			relay, err := ftptest.NewRelay(srv, ftptest.Faults{})
			if err != nil {
				t.Fatal(err)
			}
			defer relay.Close()
			s := via(srv, relay)
			s.Connections = 1
			store := open(t, s, srv.Password)
			if _, err := store.Lean().List(t.Context(), "."); err != nil {
				t.Fatal(err)
			}
			want, err := open(t, s, srv.Password).List(t.Context(), "plain")
			if err != nil {
				t.Fatal(err)
			}
			relay.Forget()
			if got, err := store.List(t.Context(), "plain"); err != nil || !slices.Equal(got, want) {
				t.Errorf("got %v, %v\nwant %v", got, err, want)
			}
			if sent := relay.Commands(); sent["LIST"] > 0 || sent["MLSD"] != 1 {
				t.Errorf("sent %v, want MLSD and STAT", sent)
			}
		})
	}
}
