package sftp_test

import (
	"errors"
	"os"
	"syscall"
	"testing"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/contract"
	"github.com/vmxsync/vmxsync/providers/sftp/sftptest"
)

// sshd says "failure" of a full disk, and nothing else.
func TestPut_onADiskThatIsFull(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("a full disk not tested: to mount one needs root")
	}
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=4m"); err != nil {
		t.Skipf("a full disk not tested: mount: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	srv := sftptest.NewReal(t, sftptest.RealOptions{Root: dir})
	store, ctx := open(t, srv, settingsFor(srv)), t.Context()
	err := store.Put(ctx, "dir/file", contract.Noise{Seed: 1, Bytes: 8 << 20})
	if !errors.Is(err, providers.ErrFull) || providers.Hint(err) == "" {
		t.Errorf("got %v, want %v with a hint", err, providers.ErrFull)
	}
	files, err := store.List(ctx, "dir")
	if err != nil || len(files) != 1 {
		t.Errorf("got %v, %v, want the part alone", files, err)
	}
	whole := contract.Noise{Seed: 1, Bytes: files[0].Size}
	wantContent(t, store, "dir/file", whole) // without a hole
	must(t, store.Remove(ctx, "dir/file"), store.Put(ctx, "dir/file", text("fits")))
}
