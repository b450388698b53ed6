package ftp_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vmxsync/vmxsync/providers/ftp/ftptest"
	"github.com/vmxsync/vmxsync/providers/providertest"
)

// folded is a path of n bytes, of folders with names of at most 200.
func folded(n int, last string) string {
	p := strings.Repeat(strings.Repeat("f", 199)+"/", 20)[:n-len(last)-1]
	return strings.TrimSuffix(p, "/") + strings.Repeat("/", 1) + last
}

// On a server that takes the rest of a long line for a command, no name becomes
// one: its folder is entered in steps, and the file arrives.
func TestPut_sendsNoLineWhoseRestIsACommand(t *testing.T) {
	srv := ftptest.New(t, ftptest.Options{})
	relay := ftptest.Via(t, srv, ftptest.Faults{SplitLines: 511})
	store := open(t, via(srv, relay), srv.Password)
	providertest.Fill(t, store, map[string]string{"tmp/Bart/2026-10-02-010000/a.vmdk": "whole"})

	// The last folder's line is 511 bytes before the word DELE.
	before := strings.Repeat("e", 240) + "/" + strings.Repeat("v", 240) + "/"
	attack := before + strings.Repeat("i", 511-len("MKD /"+before+" ")) + " DELE tmp/Bart/2026-10-02-010000/a.vmdk"
	for name, body := range map[string]string{attack + "/disk": "x", folded(600, "disk"): "x"} {
		if err := store.Put(t.Context(), name, providertest.Text(body)); err != nil {
			t.Error(err)
		}
		if got, err := os.ReadFile(filepath.Join(srv.Root, filepath.FromSlash(name))); err != nil || string(got) != body {
			t.Errorf("at the server: got %q, %v; want %q", got, err, body)
		}
	}
	if err := store.Put(t.Context(), "other/2026-10-02-010000/a.vmdk", providertest.Text("next")); err != nil {
		t.Errorf("another file: %v", err)
	}
	if _, err := os.Stat(filepath.Join(srv.Root, "tmp", "Bart", "2026-10-02-010000", "a.vmdk")); err != nil {
		t.Errorf("the file of another VM: %v", err)
	}
	if n := relay.Hits(ftptest.SplitLines); n > 2 {
		t.Errorf("%d lines were split, want those of the proof alone", n)
	}
}

// Where a server reads long lines, long paths are used as before.
func TestPut_longPathWhereLongLinesAreRead(t *testing.T) {
	srv := newScript(t, verbs{
		"CWD": func(s *scripted) string {
			return map[bool]string{true: "550 no", false: "250 here"}[strings.HasSuffix(s.arg, "not-here")]
		},
		"NOOP": said("200 still here"),
		"STOR": func(s *scripted) string { s.receive(); return "226 stored" },
		"SIZE": said("213 1"),
	})
	store := open(t, srv.settings(), "x")
	for range 3 {
		if err := store.Put(t.Context(), folded(900, "disk"), providertest.Text("x")); err != nil {
			t.Fatal(err)
		}
	}
	if n := srv.count("NOOP"); n != 1 {
		t.Errorf("the line was proven %d times, want once", n)
	}
}

// A verb that was understood before, and now is not, had another reply.
func TestSize_isNotSkippedByAReplyToSomethingElse(t *testing.T) {
	srv := newScript(t, verbs{
		"STOR": func(s *scripted) string { s.receive(); return "226 stored" },
		"SIZE": func(s *scripted) string {
			if s.number == 1 && s.count("SIZE") > 1 {
				return "500 unknown command"
			}
			return "213 1"
		},
	})
	store := open(t, srv.settings(), "x")
	for _, name := range []string{"a", "b"} {
		if err := store.Put(t.Context(), name, providertest.Text("x")); err != nil {
			t.Error(err)
		}
	}
	if n := srv.count("SIZE"); n != 3 {
		t.Errorf("SIZE was asked %d times, want again after the odd reply", n)
	}
}
