package source

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"

	"github.com/vmxsync/vmxsync/providers"
)

// SumOf is the SHA-256, in hex, of a file of a source.
func SumOf(ctx context.Context, store providers.Store, f providers.File) (string, error) {
	b := NewBody(ctx, store, f, Reading{})
	r, err := b.Open(0)
	if err != nil {
		return "", err
	}
	defer r.Close()
	if _, err := io.Copy(io.Discard, r); err != nil {
		return "", err
	}
	return b.Sum()
}

// SumAll is the SHA-256, in hex, of what r delivers. told is called with how many bytes
// were read.
func SumAll(r io.Reader, told func(n int64)) (string, error) {
	hashed := &hashedReader{from: io.NopCloser(r), hash: sha256.New(), told: told}
	if _, err := io.Copy(io.Discard, hashed); err != nil {
		return "", err
	}
	return hex.EncodeToString(hashed.hash.Sum(nil)), nil
}
