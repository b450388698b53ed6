package providertest

import (
	"testing"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/contract"
)

// Text is a body that holds s.
func Text(s string) providers.Body { return contract.Text(s) }

// Noise is a body of size pseudo-random bytes, the same for the same seed,
// which takes no memory.
func Noise(seed uint64, size int64) providers.Body { return contract.Noise{Seed: seed, Bytes: size} }

// Fill puts texts by path, and fails the test where that fails.
func Fill(t testing.TB, store providers.Store, texts map[string]string) {
	t.Helper()
	for p, text := range texts {
		if err := store.Put(t.Context(), p, Text(text)); err != nil {
			t.Fatal(err)
		}
	}
}
