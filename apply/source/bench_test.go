package source_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/vmxsync/vmxsync/apply/source"
	"github.com/vmxsync/vmxsync/providers/local"
	"github.com/vmxsync/vmxsync/providers/payload"
)

// BenchmarkBody reads and hashes a file, and sends it nowhere: what an upload takes
// besides its connection.
func BenchmarkBody(b *testing.B) {
	const size = 64 << 20
	settings := local.NewSettings()
	settings.Path = b.TempDir()
	if err := os.WriteFile(filepath.Join(settings.Path, "disk.vmdk"), make([]byte, size), 0o600); err != nil {
		b.Fatal(err)
	}
	store, err := local.Open(b.Context(), settings)
	if err != nil {
		b.Fatal(err)
	}
	defer store.Close()
	file, err := store.Stat(b.Context(), "disk.vmdk")
	if err != nil {
		b.Fatal(err)
	}
	for name, block := range map[string]int64{"sum": 0, "sum and block sums": size / 2} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(size)
			b.ReportAllocs()
			for b.Loop() {
				body := source.NewBody(b.Context(), store, file, source.Reading{Block: block})
				p, err := payload.Open(body, 0)
				if err != nil {
					b.Fatal(err)
				}
				sent := 0
				if err := payload.Send(b.Context(), p, func(block []byte) error { sent += len(block); return nil }); err != nil || sent != size {
					b.Fatalf("%d bytes were sent, %v, want %d", sent, err, size)
				}
				if _, err := body.Sum(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
