package main

import (
	"io"
	"math/rand/v2"
)

// copyRandom writes n random bytes.
func copyRandom(w io.Writer, n int64) (int64, error) {
	var seed [32]byte
	for i := range seed {
		seed[i] = byte(rand.Uint32())
	}
	return io.CopyN(w, rand.NewChaCha8(seed), n)
}
