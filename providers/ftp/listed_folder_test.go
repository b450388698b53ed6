package ftp_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/vmxsync/vmxsync/providers/contract"
	"github.com/vmxsync/vmxsync/providers/ftp/ftptest"
)

// A folder that was listed is not made again, unless somebody has removed it since.
func TestRename_intoAFolderThatWasListed(t *testing.T) {
	for name, removed := range map[string]bool{"there": false, "removed since": true} {
		t.Run(name, func(t *testing.T) {
			srv := ftptest.New(t, ftptest.Options{User: "u", Password: "secret"})
			for _, dir := range []string{"web01", "staging/set"} {
				if err := os.MkdirAll(filepath.Join(srv.Root, dir), 0o755); err != nil {
					t.Fatal(err)
				}
			}
			store := open(t, settingsFor(srv), srv.Password)
			if err := store.Put(t.Context(), "staging/set/a", contract.Text("a")); err != nil {
				t.Fatal(err)
			}
			if _, err := store.List(t.Context(), "web01"); err != nil {
				t.Fatal(err)
			}
			if removed {
				if err := os.Remove(filepath.Join(srv.Root, "web01")); err != nil {
					t.Fatal(err)
				}
			}
			if err := store.Rename(t.Context(), "staging/set", "web01/set"); err != nil {
				t.Fatal(err)
			}
			if _, err := os.Stat(filepath.Join(srv.Root, "web01", "set", "a")); err != nil {
				t.Error(err)
			}
			made := slices.ContainsFunc(srv.Commands(), func(c string) bool { return strings.HasPrefix(c, "MKD /web01") })
			if made != removed {
				t.Errorf("MKD was sent: %v, want %v", made, removed)
			}
		})
	}
}
