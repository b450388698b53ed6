package ftp_test

import (
	"os"
	"syscall"
	"testing"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp/ftptest"
	"github.com/vmxsync/vmxsync/providers/providertest"
)

// tooMuch does not fit on a small disk.
var tooMuch = providertest.Noise(1, 8<<20)

// smallDisk mounts a disk of 4 MiB, or skips where this user must not mount.
func smallDisk(t *testing.T) string {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("a full disk not tested: to mount one needs root")
	}
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=4m"); err != nil {
		t.Skipf("a full disk not tested: mount: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Errorf("unmount: %v", err)
		}
	})
	return dir
}

func TestOutage_fullDisk(t *testing.T) {
	t.Parallel()
	together(t, func(t *testing.T, r ftptest.RealServer) {
		o := secured(r)
		o.Root = smallDisk(t)
		fills(t, ftptest.NewReal(t, r.Name, o))
	})
}

func TestOutage_fullDiskInProcess(t *testing.T) {
	t.Parallel()
	fills(t, ftptest.New(t, ftptest.Options{Root: smallDisk(t)}))
}

func TestOutage_quota(t *testing.T) {
	t.Parallel()
	fills(t, ftptest.NewReal(t, "pure-ftpd", ftptest.RealOptions{QuotaMB: 4}))
}

// fills demands that the disk is said to be full, that nothing is lost, and
// that the same store works when there is room again.
func fills(t *testing.T, srv *ftptest.Server) {
	t.Helper()
	o := cutOff(t, srv, briefly, ftptest.Faults{}) // pyftpdlib says nothing at all
	err := o.store.Put(t.Context(), "kept/part", tooMuch)
	expectHint(t, err, providers.ErrFull, "Free space on the server")
	if _, err := o.store.Stat(t.Context(), "kept/part"); err == nil {
		if err := o.store.Remove(t.Context(), "kept/part"); err != nil {
			t.Errorf("remove the part: %v", err)
		}
	}
	o.recovers(t)
}
