package restore_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	apply "github.com/vmxsync/vmxsync/apply/restore"
	"github.com/vmxsync/vmxsync/diff/restore"
	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/local"
	"github.com/vmxsync/vmxsync/providers/mem"
	"github.com/vmxsync/vmxsync/state"
	"github.com/vmxsync/vmxsync/state/blocks"
)

// roomy is a target that reports its free room.
type roomy struct {
	*local.Store
	free int64
}

func (r *roomy) FreeBytes(context.Context) (int64, error) { return r.free, nil }

// zeroDisk is a place with a disk that is zero but for one block, and that nobody could
// read to its end in a test.
type zeroDisk struct {
	providers.Store
	size, at int64
	data     []byte
	read     int64
}

func (z *zeroDisk) Open(ctx context.Context, p string, offset int64) (io.ReadCloser, error) {
	if !strings.HasSuffix(p, "disk-flat.vmdk") {
		return z.Store.Open(ctx, p, offset)
	}
	return io.NopCloser(io.NewSectionReader(z, offset, z.size-offset)), nil
}

func (z *zeroDisk) ReadAt(p []byte, at int64) (int, error) {
	clear(p)
	for i := range p {
		if n := at + int64(i) - z.at; n >= 0 && n < int64(len(z.data)) {
			p[i] = z.data[n]
		}
	}
	z.read += int64(len(p))
	return len(p), nil
}

// sparseSet is a set with such a disk, and the plan to restore it.
func sparseSet(t *testing.T, size int64, sums bool) (*zeroDisk, *restore.Plan) {
	t.Helper()
	z := &zeroDisk{Store: mem.New(written), size: size, at: 3 * blocks.Bytes, data: bytes.Repeat([]byte("data"), 100<<10)}
	m := state.Manifest{Key: bart, Run: "r", Verified: "size", Files: []state.ManifestFile{{Path: "disk-flat.vmdk", Size: size, SHA256: strings.Repeat("ab", 32)}}}
	plant := func(name string, data []byte) {
		z.Store.(*mem.Store).Plant(providers.File{Path: bart.String() + "/" + name}, data)
	}
	if sums {
		zero := sha256.Sum256(make([]byte, blocks.Bytes))
		f := blocks.File{Path: "disk-flat.vmdk", Size: size, Data: int64(len(z.data)), Block: blocks.Bytes}
		for range blocks.Count(size, blocks.Bytes) {
			f.Sums = append(f.Sums, zero)
		}
		f.Sums[3] = sha256.Sum256(append(bytes.Clone(z.data), make([]byte, blocks.Bytes-len(z.data))...))
		text := blocks.Sums{Key: bart, Block: blocks.Bytes, Files: []blocks.File{f}}.Encode()
		m.Blocks = blocks.RefOf(text)
		plant(state.BlocksName, text)
	} else {
		h := sha256.New()
		io.Copy(h, io.NewSectionReader(z, 0, size))
		m.Files[0].SHA256 = hexOf(h.Sum(nil))
	}
	plant(state.ManifestName, m.Encode())
	z.read = 0
	a, _ := restore.ParseAddress("nas/Bart/latest")
	s := state.Set{Key: bart, Path: bart.String(), State: state.Complete, Marked: true, Manifest: &m, Files: []state.File{{Path: "disk-flat.vmdk", Size: size}}}
	p, err := restore.Compute(restore.Input{To: "/target", Addresses: []restore.Address{a}, Holdings: []restore.Holding{{Place: restore.Place{Name: "nas"}, Sets: []state.Set{s}}}})
	if err != nil {
		t.Fatal(err)
	}
	return z, p
}

// allocated is the room that a file takes, in bytes.
func allocated(t *testing.T, p string) int64 {
	t.Helper()
	info, err := os.Stat(p)
	if err != nil {
		t.Fatal(err)
	}
	return info.Sys().(*syscall.Stat_t).Blocks * 512
}

// TestRun_aLargeSparseDiskNeedsLittleRoom: 200 GB of which 400 KiB are not zero fit into
// 1 GB, and come in no time.
func TestRun_aLargeSparseDiskNeedsLittleRoom(t *testing.T) {
	const size = 200 << 30
	z, p := sparseSet(t, size, true)
	dir := t.TempDir()
	w := newWorld()
	r, l, err := w.run(t, p, &roomy{target(t, dir), 1 << 30}, map[string]providers.Store{"nas": z})
	if err != nil || len(l.remarks) > 0 {
		t.Fatal(err, r.Failures(), l.remarks)
	}
	disk := filepath.Join(dir, "Bart", string(bart.Stamp), "disk-flat.vmdk")
	info, err := os.Stat(disk)
	if err != nil || info.Size() != size {
		t.Fatalf("the disk has %d bytes, %v", info.Size(), err)
	}
	if got := allocated(t, disk); got > 1<<20 || z.read > blocks.Bytes+1 {
		t.Errorf("it takes %d bytes, and %d were read at the place", got, z.read)
	}
	f, err := os.Open(disk)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	data := make([]byte, len(z.data)+10)
	if _, err := f.ReadAt(data, z.at); err != nil || !bytes.Equal(data[:len(z.data)], z.data) || !blocks.IsZero(data[len(z.data):]) {
		t.Errorf("the data is not where it was: %v", err)
	}
	z, p = sparseSet(t, size, true)
	r, _, err = w.run(t, p, &roomy{target(t, t.TempDir()), 100 << 10}, map[string]providers.Store{"nas": z})
	if !errors.Is(err, apply.ErrPartial) || !errors.Is(r.Failures()[0].Err, providers.ErrFull) || z.read > 0 {
		t.Errorf("with too little room: %v, %v, %d bytes read", err, r.Failures(), z.read)
	}
}

// TestRun_holesWithoutBlockSums: what is zero takes no room, and how much that is was not
// known: a person is warned.
func TestRun_holesWithoutBlockSums(t *testing.T) {
	z, p := sparseSet(t, 4*blocks.Bytes, false)
	dir := t.TempDir()
	r, l, err := newWorld().run(t, p, &roomy{target(t, dir), 1 << 20}, map[string]providers.Store{"nas": z})
	if err != nil || len(l.remarks) != 1 || !strings.Contains(l.remarks[0], "256.0 MiB, and 1.0 MiB are free") {
		t.Fatal(err, r.Failures(), l.remarks)
	}
	if got := allocated(t, filepath.Join(dir, "Bart", string(bart.Stamp), "disk-flat.vmdk")); got > 2<<20 {
		t.Errorf("it takes %d bytes", got)
	}
}
