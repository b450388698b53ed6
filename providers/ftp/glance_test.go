package ftp_test

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp/ftptest"
	"github.com/vmxsync/vmxsync/providers/providertest"
)

// noStatus are the servers that have no STAT for folders.
var noStatus = []string{"twisted"}

// TestLean_showsWhatListShows compares the listings of STAT with those of LIST or MLSD,
// for folders that servers show in ways of their own, with and without MLSD.
func TestLean_showsWhatListShows(t *testing.T) {
	for _, real := range ftptest.RealFor(providertest.Thin()) {
		hidden := []string{"nothing"}
		if real.Facts.MLSD {
			hidden = append(hidden, " MLST")
		}
		for _, hide := range hidden {
			t.Run(real.Name+"/"+hide, func(t *testing.T) {
				t.Parallel()
				srv := ftptest.NewReal(t, real.Name, ftptest.RealOptions{})
				sampleFolders(t, srv)
				s := settingsFor(srv)
				s.Port = withoutFeature(t, srv, hide)
				store := open(t, s, srv.Password)
				for _, dir := range []string{".", "plain", "empty", "missing", "a b", "x[1]", "plain/file", "single", "single/single", "-a", "many", "odd"} {
					want, noList := store.List(t.Context(), dir)
					got, noGlance := providers.LeanOf(store).List(t.Context(), dir)
					same := slices.EqualFunc(want, got, func(x, y providers.File) bool { return x.Path == y.Path && x.Kind == y.Kind && x.Size == y.Size })
					if !same || (noList == nil) != (noGlance == nil) || errors.Is(noList, fs.ErrNotExist) != errors.Is(noGlance, fs.ErrNotExist) {
						t.Errorf("%s: %v, %v\nwant %v, %v", dir, got, noGlance, want, noList)
					}
				}
			})
		}
	}
}

func sampleFolders(t *testing.T, srv *ftptest.Server) {
	t.Helper()
	for _, name := range []string{
		".vmxsync/owner", "plain/file", "plain/.hidden", "plain/sub/inner", "a b/inner", "a/outer", "x[1]/inner", "x1/other", "single/single/single", "-a/dash",
		"odd/ lead", "odd/trail ", "odd/two  blanks", "odd/arrow -> head", "odd/ö", "odd/-rw-r--r-- 1 o g 5 Jan 01 2024 x", "odd/d/sub", "odd/total 5",
	} {
		p := filepath.Join(srv.Root, filepath.FromSlash(name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(p), 0o777), os.WriteFile(p, []byte(name), 0o666)); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(os.Mkdir(filepath.Join(srv.Root, "empty"), 0o777), os.Symlink("sub", filepath.Join(srv.Root, "plain", "link"))); err != nil {
		t.Fatal(err)
	}
	fill(t, srv, "many", 1500)
}

// TestLean_takesOneCommand counts what a listing costs, after the server has proven
// itself in that session.
func TestLean_takesOneCommand(t *testing.T) {
	for _, real := range ftptest.RealFor(providertest.Thin()) {
		t.Run(real.Name, func(t *testing.T) {
			t.Parallel()
			srv := ftptest.NewReal(t, real.Name, ftptest.RealOptions{})
			sampleFolders(t, srv)
			relay, err := ftptest.NewRelay(srv, ftptest.Faults{})
			if err != nil {
				t.Fatal(err)
			}
			defer relay.Close()
			s := settingsFor(srv)
			s.Port, s.Connections = relay.Port, 1
			store := providers.LeanOf(open(t, s, srv.Password))
			for _, dir := range []string{".", "plain", "plain", "plain/sub"} {
				relay.Forget()
				if _, err := store.List(t.Context(), dir); err != nil {
					t.Fatal(err)
				}
			}
			one := map[string]int{"STAT": 1}
			if got := relay.Commands(); slices.Contains(noStatus, real.Name) == maps.Equal(got, one) {
				t.Errorf("sent %v", got)
			}
		})
	}
}
