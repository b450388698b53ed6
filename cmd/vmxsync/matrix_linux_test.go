package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/providers/ftp/ftptest"
)

// bigFile is the size of the large file of the matrix, and bigMemory the most memory
// that the program may use, both in bytes.
const (
	bigFile   = 5 << 30
	bigMemory = 64 << 20
)

// TestMatrix_bigFileInLittleMemory sends a sparse file of 5 GiB to vsftpd,
// plain and over TLS, with a program built as users build it, and measures the
// peak of its resident memory (VmHWM).
func TestMatrix_bigFileInLittleMemory(t *testing.T) {
	if os.Getenv("VMXSYNC_MATRIX") == "" {
		t.Skip("a file of 5 GiB takes minutes: run make matrix")
	}
	program := filepath.Join(t.TempDir(), "vmxsync")
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	for _, mode := range []ftptest.TLS{ftptest.Off, ftptest.Explicit} {
		t.Run("tls="+string(mode), func(t *testing.T) {
			server := ftptest.NewReal(t, "vsftpd", ftptest.RealOptions{TLS: mode})
			dir := bigWorld(t, server)
			cmd := exec.Command(program, "apply", "-auto-approve")
			cmd.Dir = dir
			cmd.Env = append(os.Environ(), "NAS_PASSWORD="+server.Password, "XDG_STATE_HOME="+dir)
			began := time.Now()
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("apply: %v\n%s", err, out)
			}
			peak := cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss * 1024
			t.Logf("%d GiB in %s, VmHWM %d MiB, GOMAXPROCS %d", bigFile>>30, time.Since(began).Round(time.Second), peak>>20, runtime.GOMAXPROCS(0))
			if peak > bigMemory {
				t.Errorf("peak memory %d MiB, want at most %d", peak>>20, bigMemory>>20)
			}
			info, err := os.Stat(filepath.Join(server.Root, "Bart", "2026-11-21-010000", "disk.vmdk"))
			if err != nil || info.Size() != bigFile {
				t.Errorf("on the server: %v, %v, want %d bytes", info, err, int64(bigFile))
			}
		})
	}
}

func bigWorld(t *testing.T, server *ftptest.Server) string {
	t.Helper()
	dir := t.TempDir()
	set := filepath.Join(dir, "src", "Bart", "2026-11-21-010000")
	config := fmt.Sprintf(`
source "local" "esxi" {
  path   = "src"
  settle = "0s"
}
destination "ftp" "nas" {
  host     = %q
  port     = %d
  username = %q
  password = env("NAS_PASSWORD")
  root     = %q
  %s
}
retention "standard" {
  keep_last = 3
}
backup "default" {
  source       = source.local.esxi
  destinations = [destination.ftp.nas]
  retention    = retention.standard
}
`, server.Host, server.Port, server.User, server.Path, tlsOf(server))
	disk := filepath.Join(set, "disk.vmdk")
	for _, step := range []func() error{
		func() error { return os.MkdirAll(set, 0o755) },
		func() error { return os.WriteFile(disk, nil, 0o644) },
		func() error { return os.Truncate(disk, bigFile) },
		func() error { return os.WriteFile(filepath.Join(dir, "vmxsync.hcl"), []byte(config), 0o644) },
	} {
		if err := step(); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}
