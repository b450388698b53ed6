package ftptest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vmxsync/vmxsync/providers/testserver"
)

// Encfs mounts a file system that holds shorter names than others: it says 189
// bytes, and takes 175. Where it has not been fetched, it does what RequireReal
// does; where this machine lets nothing be mounted, it skips the test.
func Encfs(t testing.TB) string {
	t.Helper()
	tree, err := testserver.Packages()
	if err != nil {
		testserver.Refuse(t, fmt.Errorf("encfs not tested: %w", err))
	}
	dir := t.TempDir()
	if err := wrap(dir, tree, "encfs"); err != nil {
		testserver.Refuse(t, err)
	}
	if f, err := os.OpenFile("/dev/fuse", os.O_RDWR, 0); err != nil || os.Getuid() != 0 {
		t.Skipf("encfs not tested: nothing can be mounted here: %v", err)
	} else {
		f.Close()
	}
	store, mount := filepath.Join(dir, "store"), filepath.Join(dir, "mount")
	for _, d := range []string{store, mount} {
		if err := os.Mkdir(d, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(filepath.Join(dir, "encfs"), "--standard", "--stdinpass", store, mount)
	cmd.Stdin = strings.NewReader("secret\n")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("encfs: %v\n%s", err, out)
	}
	t.Cleanup(func() {
		if out, err := exec.Command("umount", mount).CombinedOutput(); err != nil {
			t.Errorf("umount: %v\n%s", err, out)
		}
	})
	return mount
}
