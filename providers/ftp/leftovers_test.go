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

// TestRemoveLeftovers_ofHiddenStores: a power cut leaves `.in.NAME.`, and ProFTPD
// refuses NAME from then on.
func TestRemoveLeftovers_ofHiddenStores(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]ftptest.RealOptions{"plain": {}, "TLS": {TLS: ftptest.Explicit}} {
		t.Run(name, func(t *testing.T) {
			o.HiddenStores = true
			srv := ftptest.NewReal(t, "proftpd", o)
			store := open(t, settingsFor(srv), srv.Password)
			dir := filepath.Join(srv.Root, "staging")
			if err := os.Mkdir(dir, 0o777); err != nil {
				t.Fatal(err)
			}
			for _, file := range []string{".in.disk1.vmdk.", ".in.other.", "precious", ".in.precious"} {
				if err := os.WriteFile(filepath.Join(dir, file), []byte("half"), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			if err := srv.Adopt(); err != nil {
				t.Fatal(err)
			}
			disk := contract.Noise{Seed: 1, Bytes: 1 << 20}
			err := store.Put(t.Context(), "staging/disk1.vmdk", disk)
			if err == nil || !strings.Contains(err.Error(), "550") {
				t.Fatalf("got %v, want that the server refuses the name", err)
			}
			removed, err := store.RemoveLeftovers(t.Context(), "staging", []string{"disk1.vmdk", "disk2.vmdk"})
			if err != nil || !slices.Equal(removed, []string{".in.disk1.vmdk.", ".in.other."}) {
				t.Errorf("removed %q: %v", removed, err)
			}
			if err := store.Put(t.Context(), "staging/disk1.vmdk", disk); err != nil {
				t.Error(err)
			}
			wantContent(t, store, "staging/disk1.vmdk", disk)
			for _, file := range []string{"precious", ".in.precious"} {
				if _, err := os.Stat(filepath.Join(dir, file)); err != nil {
					t.Error(err)
				}
			}
		})
	}
}
