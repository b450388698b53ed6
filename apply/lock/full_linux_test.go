package lock_test

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/apply/lock"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp"
	"github.com/vmxsync/vmxsync/providers/ftp/ftptest"
	"github.com/vmxsync/vmxsync/providers/providertest"
)

// TestServers_fullDiskCanBeLocked: what goes is what makes room.
func TestServers_fullDiskCanBeLocked(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("a full disk not tested: to mount one needs root")
	}
	for _, real := range ftptest.RealFor(providertest.Thin()) {
		t.Run(real.Name, func(t *testing.T) {
			srv := ftptest.NewReal(t, real.Name, ftptest.RealOptions{Root: fullDisk(t)})
			canBeLocked(t, account(t, srv, impatient))
		})
	}
	t.Run("quota", func(t *testing.T) {
		store := account(t, ftptest.NewReal(t, "pure-ftpd", ftptest.RealOptions{QuotaMB: 1}))
		if err := store.Put(t.Context(), "disk.vmdk", providertest.Noise(1, 2<<20)); !errors.Is(err, providers.ErrFull) {
			t.Fatalf("got %v, want ErrFull", err)
		}
		if err := store.Put(t.Context(), "disk.vmdk", providertest.Noise(1, 1<<20)); err != nil {
			t.Fatal(err)
		}
		canBeLocked(t, store)
	})
}

// impatient is for pyftpdlib, which has no word for a full disk.
func impatient(s *ftp.Settings) {
	s.Timeouts = &ftp.Timeouts{IO: providers.Duration(3 * time.Second), Reply: providers.Duration(3 * time.Second)}
}

func canBeLocked(t *testing.T, store providers.Store) {
	t.Helper()
	l := take(t, machine(t), nas(store))
	wantNames(t, store, l.Holder().String())
	if _, err := machine(t).Take(t.Context(), nas(store), lock.Options{}); !errors.Is(err, lock.ErrHeld) {
		t.Errorf("got %v, want ErrHeld", err)
	}
	release(t, l)
}

// fullDisk mounts a disk of 1 MiB on which no byte is left.
func fullDisk(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=1m,mode=0777"); err != nil {
		t.Skipf("a full disk not tested: mount: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Errorf("unmount: %v", err)
		}
	})
	if err := os.WriteFile(filepath.Join(dir, "disk.vmdk"), make([]byte, 2<<20), 0o666); !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("got %v, want a full disk", err)
	}
	return dir
}
