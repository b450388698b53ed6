package state_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/vmxsync/vmxsync/state"
)

// manifestOf is a manifest of n files.
func manifestOf(n int) state.Manifest {
	m := sample()
	m.Files = nil
	for i := range n {
		m.Files = append(m.Files, state.ManifestFile{Path: fmt.Sprintf("disk%06d.vmdk", i), Size: int64(i), SHA256: strings.Repeat("a", 64)})
	}
	return m
}

func BenchmarkManifest_Encode(b *testing.B) {
	for _, n := range []int{5_000, 10_000, 20_000} {
		m := manifestOf(n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				m.Encode()
			}
		})
	}
}

func BenchmarkParseManifest(b *testing.B) {
	for _, n := range []int{5_000, 10_000, 20_000} {
		data := manifestOf(n).Encode()
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := state.ParseManifest(data); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
