package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/providers/ftp/ftptest"
	"github.com/vmxsync/vmxsync/state"
	blocksums "github.com/vmxsync/vmxsync/state/blocks"
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

// A disk of 200 GiB with few bytes in it, and the folder that it is restored to, which has
// room for 1 GiB.
const (
	hugeDisk   = 200 << 30
	littleRoom = 1 << 30
)

// TestMatrix_hugeDiskInLittleRoom restores a sparse disk of 200 GiB from vsftpd to a file
// system of 1 GiB: what is zero is not fetched, and takes no room.
func TestMatrix_hugeDiskInLittleRoom(t *testing.T) {
	if os.Getenv("VMXSYNC_MATRIX") == "" {
		t.Skip("run make matrix")
	}
	little := t.TempDir()
	if err := syscall.Mount("tmpfs", little, "tmpfs", 0, fmt.Sprintf("size=%d", littleRoom)); err != nil {
		t.Skip("only root can mount a small file system: ", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(little, 0); err != nil {
			t.Error(err)
		}
	})
	program := filepath.Join(t.TempDir(), "vmxsync")
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	server := ftptest.NewReal(t, "vsftpd", ftptest.RealOptions{})
	data := plantHugeDisk(t, filepath.Join(server.Root, "Bart", "2026-11-21-010000"))
	cmd := exec.Command(program, "restore", "-url", fmt.Sprintf("ftp://%s@%s:%d%s?tls=off", server.User, server.Host, server.Port, server.Path), "Bart/latest", "-to="+filepath.Join(little, "back"))
	cmd.Env = append(os.Environ(), "VMXSYNC_PASSWORD="+server.Password, "XDG_STATE_HOME="+t.TempDir())
	began := time.Now()
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("restore: %v\n%s", err, out)
	}
	disk := filepath.Join(little, "back", "Bart", "2026-11-21-010000", "disk.vmdk")
	info, err := os.Stat(disk)
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	room := info.Sys().(*syscall.Stat_t).Blocks * 512
	t.Logf("%d GiB in %s with %d MiB on the disk", info.Size()>>30, time.Since(began).Round(100*time.Millisecond), room>>20)
	if info.Size() != hugeDisk || room > 2*blocksums.Bytes*int64(len(data)) {
		t.Errorf("it has %d bytes, of which %d are on the disk", info.Size(), room)
	}
	f, err := os.Open(disk)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for at, want := range data {
		got := make([]byte, len(want))
		if _, err := f.ReadAt(got, at); err != nil || !bytes.Equal(got, want) {
			t.Errorf("at %d: %v, other bytes", at, err)
		}
	}
}

// plantHugeDisk puts a set on the server as an upload would have: most of its blocks are zero.
// It returns the others, by their offset. Restoring proves blocks, so that nobody needs the
// checksum of the whole disk, which takes minutes to compute.
func plantHugeDisk(t *testing.T, set string) map[int64][]byte {
	t.Helper()
	zero, data := blocksums.NewHash(blocksums.Bytes), map[int64][]byte{}
	zero.Write(make([]byte, blocksums.Bytes))
	sums := blocksums.File{Path: "disk.vmdk", Size: hugeDisk, Block: blocksums.Bytes}
	for range hugeDisk / blocksums.Bytes {
		sums.Sums = append(sums.Sums, zero.File().Sums[0])
	}
	disk := filepath.Join(set, "disk.vmdk")
	must := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	must(os.MkdirAll(set, 0o777))
	must(os.WriteFile(disk, nil, 0o666))
	must(os.Truncate(disk, hugeDisk))
	f, err := os.OpenFile(disk, os.O_WRONLY, 0)
	must(err)
	for _, block := range []int64{0, 7, 1600, hugeDisk/blocksums.Bytes - 1} {
		body := make([]byte, blocksums.Bytes)
		rand.NewChaCha8([32]byte{byte(block)}).Read(body[:blocksums.Bytes/2])
		h := blocksums.NewHash(blocksums.Bytes)
		h.Write(body)
		sums.Sums[block], sums.Data = h.File().Sums[0], sums.Data+h.File().Data
		data[block*blocksums.Bytes] = body
		_, err := f.WriteAt(body, block*blocksums.Bytes)
		must(err)
	}
	must(f.Close())
	k := state.Key{VM: "Bart", Stamp: "2026-11-21-010000"}
	text := blocksums.Sums{Key: k, Block: blocksums.Bytes, Files: []blocksums.File{sums}}.Encode()
	m := state.Manifest{Key: k, Run: "20261121T010000Z-aaaaaaaaaaaa", Verified: "size", Blocks: blocksums.RefOf(text),
		Files: []state.ManifestFile{{Path: "disk.vmdk", Size: hugeDisk, SHA256: strings.Repeat("a", 64)}}}
	must(os.WriteFile(filepath.Join(set, state.BlocksName), text, 0o666))
	must(os.WriteFile(filepath.Join(set, state.ManifestName), m.Encode(), 0o666))
	return data
}
