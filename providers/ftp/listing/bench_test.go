package listing_test

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp/listing"
)

// BenchmarkParse reads a folder of n, 2n and 4n entries in each format.
func BenchmarkParse(b *testing.B) {
	now := day(2026, time.November, 30, 12, 0)
	list := func(line string) (providers.File, error) { return listing.LIST(line, now) }
	for _, format := range []struct {
		name, line string
		parse      func(line string) (providers.File, error)
	}{
		{"unix", "-rw-r--r--    1 1000     1000     41231686 Nov 22 01:00 disk%06d.vmdk\r\n", list},
		{"dos", "11-22-26  01:00AM             41231686 disk%06d.vmdk\r\n", list},
		{"mlsd", "modify=20261122010000;size=41231686;type=file;unique=801g1;UNIX.mode=0644; disk%06d.vmdk\r\n", listing.MLSD},
	} {
		for _, n := range []int{25_000, 50_000, 100_000} {
			b.Run(fmt.Sprintf("%s/%d", format.name, n), func(b *testing.B) {
				var raw bytes.Buffer
				for i := range n {
					fmt.Fprintf(&raw, format.line, i)
				}
				b.SetBytes(int64(raw.Len()))
				b.ReportAllocs()
				for b.Loop() {
					if files, err := listing.Parse(raw.Bytes(), format.parse); err != nil || len(files) != n {
						b.Fatalf("%d entries, %v, want %d", len(files), err, n)
					}
				}
			})
		}
	}
}
