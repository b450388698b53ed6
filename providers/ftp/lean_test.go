package ftp_test

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"testing"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp/ftptest"
	"github.com/vmxsync/vmxsync/providers/providertest"
)

// TestLean_sendsWhatItMust counts the commands of each call for a caller that lists by
// itself, and proves that its errors are those of the law.
func TestLean_sendsWhatItMust(t *testing.T) {
	for _, real := range ftptest.RealFor(providertest.Thin()) {
		t.Run(real.Name, func(t *testing.T) {
			t.Parallel()
			srv := ftptest.NewReal(t, real.Name, ftptest.RealOptions{})
			if err := errors.Join(
				os.MkdirAll(filepath.Join(srv.Root, "dir", "empty"), 0o777),
				os.WriteFile(filepath.Join(srv.Root, "dir", "old"), []byte("old"), 0o666),
			); err != nil {
				t.Fatal(err)
			}
			if err := srv.Adopt(); err != nil {
				t.Fatal(err)
			}
			relay, err := ftptest.NewRelay(srv, ftptest.Faults{})
			if err != nil {
				t.Fatal(err)
			}
			defer relay.Close()
			s := settingsFor(srv)
			s.Port, s.Connections = relay.Port, 1
			store := providers.LeanOf(open(t, s, srv.Password))
			ctx := t.Context()
			body := providertest.Text("12345")
			if err := store.Put(ctx, "dir/first", body); err != nil { // makes the session
				t.Fatal(err)
			}
			sends := func(want map[string]int, what string, call func() error) {
				t.Helper()
				relay.Forget()
				if err := call(); err != nil {
					t.Errorf("%s: %v", what, err)
				}
				got := relay.Commands()
				delete(got, "EPSV")
				delete(got, "PASV")
				if !maps.Equal(got, want) {
					t.Errorf("%s: sent %v, want %v", what, got, want)
				}
			}
			sends(map[string]int{"STOR": 1}, "put", func() error { return store.Put(ctx, "dir/new", body) })
			sends(map[string]int{"RNFR": 1, "RNTO": 1}, "rename", func() error { return store.RenameToFree(ctx, "dir/new", "dir/moved") })
			sends(map[string]int{"DELE": 1}, "remove", func() error {
				return store.RemoveListed(ctx, providers.File{Path: "dir/moved", Kind: providers.Regular})
			})
			if err := store.RemoveListed(ctx, providers.File{Path: "dir/moved", Kind: providers.Regular}); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("removed twice: %v", err)
			}
			for name, want := range map[string]bool{"dir": true, "dir/empty": true, "dir/old": real.Facts.MLSD, "none": false} {
				if got, err := store.Taken(ctx, name); got != want || err != nil {
					t.Errorf("%s is taken: %v, %v", name, got, err)
				}
			}
			if err := os.Mkdir(filepath.Join(srv.Root, "dir", "emptied"), 0o777); err != nil {
				t.Fatal(err)
			}
			if err := srv.Adopt(); err != nil {
				t.Fatal(err)
			}
			sends(map[string]int{"RMD": 1}, "remove emptied", func() error { return store.RemoveEmptied(ctx, "dir/emptied") })
			if err := store.RemoveListed(ctx, providers.File{Path: "dir/empty", Kind: providers.Dir}); err != nil {
				t.Errorf("remove a folder: %v", err)
			}
			if err := store.RemoveListed(ctx, providers.File{Path: "dir", Kind: providers.Dir}); err == nil {
				t.Error("removed a folder that is not empty")
			}
			if err := store.RenameToFree(ctx, "dir/none", "dir/other"); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("renamed what is missing: %v", err)
			}
		})
	}
}
