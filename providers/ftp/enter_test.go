package ftp_test

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp/ftptest"
	"github.com/vmxsync/vmxsync/providers/providertest"
)

// A listing of web[1] is of web[1], also where the server takes it for a pattern
// that web1 matches.
func TestList_isOfTheFolderThatWasAskedFor(t *testing.T) {
	for _, mlsd := range []bool{true, false} {
		srv := ftptest.New(t, ftptest.Options{DisableMLSD: !mlsd})
		relay := ftptest.Via(t, srv, ftptest.Faults{Globs: true})
		store := open(t, via(srv, relay), srv.Password)
		providertest.Fill(t, store, map[string]string{"web1/new/a": "x", "web1/new/b": "x", "web[1]/new/a": "x", "web[1]/old/sub/a": "x"})
		for dir, want := range map[string][]string{
			"web[1]": {"web[1]/new", "web[1]/old"}, "web[1]/new": {"web[1]/new/a"}, "web1/new": {"web1/new/a", "web1/new/b"},
		} {
			files, err := store.List(t.Context(), dir)
			if got := pathsOf(files); err != nil || !slices.Equal(got, want) {
				t.Errorf("mlsd %v, %s: got %q, %v; want %q", mlsd, dir, got, err, want)
			}
		}
		if _, err := store.List(t.Context(), "web[2]"); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("missing: got %v, want %v", err, fs.ErrNotExist)
		}
	}
}

func pathsOf(files []providers.File) []string {
	var all []string
	for _, f := range files {
		all = append(all, filepath.ToSlash(f.Path))
	}
	return all
}

// lister answers CWD and PWD truly, and lists by a function of the argument.
func lister(entered, list func(dir string) string) verbs {
	shows := func(s *scripted) string { return s.send(list(s.arg), "226 done") }
	return verbs{
		"CWD":  func(s *scripted) string { s.current = entered(s.arg); return "250 here" },
		"PWD":  func(s *scripted) string { return fmt.Sprintf("257 %q is the current folder", s.current) },
		"LIST": shows, "MLSD": shows, "FEAT": without,
	}
}

// A server whose CWD takes a pattern is found out by PWD.
func TestList_believesNoFolderThatPWDDoesNotName(t *testing.T) {
	const line = "-rw-r--r-- 1 u g 3 Nov 3 2025 a\r\n-rw-r--r-- 1 u g 3 Nov 3 2025 b\r\n"
	srv := newScript(t, lister(func(dir string) string { return strings.ReplaceAll(dir, "[1]", "1") }, func(string) string { return line }))
	files, err := open(t, srv.settings(), "x").List(t.Context(), "web[1]/new")
	if !errors.Is(err, providers.ErrListing) {
		t.Errorf("got %v, %v; want %v", files, err, providers.ErrListing)
	}
}

// Blanks are proven once: where LIST takes them for what they are, folders need
// not be entered any more.
func TestList_provesBlanksOnce(t *testing.T) {
	const line = "-rw-r--r-- 1 u g 3 Nov 3 2025 a\r\n-rw-r--r-- 1 u g 3 Nov 3 2025 b\r\n"
	for splits, want := range map[bool]int{false: 2, true: 3 * 2} {
		srv := newScript(t, lister(func(dir string) string { return dir }, func(dir string) string {
			if splits && strings.Contains(dir, " ") {
				return "ls: cannot access\r\n"
			}
			return line
		}))
		store := open(t, srv.settings(), "x")
		for range 3 {
			if _, err := store.List(t.Context(), "in a blank"); err != nil {
				t.Error(err)
			}
		}
		if n := srv.count("CWD"); n != want {
			t.Errorf("splits %v: %d CWD, want %d", splits, n, want)
		}
	}
}
