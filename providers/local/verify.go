package local

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/local/disk"
)

// Verification is transfer.verify. A disk computes no sums: "hash" is the same
// as "readback".
func (s *Store) Verification() string { return s.verify }

// Verify reads the file again where more than its size is asked for. What the
// system holds in memory is read from there, and not from the disk.
func (s *Store) Verify(ctx context.Context, p string, _ providers.Body, sum string) error {
	if s.verify == providers.VerifySize {
		return ctx.Err()
	}
	r, err := s.Open(ctx, p, 0)
	if err != nil {
		return err
	}
	defer r.Close()
	h := sha256.New()
	if _, err := io.Copy(h, r); err != nil {
		return err
	}
	if got := hex.EncodeToString(h.Sum(nil)); got != sum {
		return disk.Named("verify", p, fmt.Errorf("SHA-256 on the disk is %s, sent was %s: %w", got, sum, providers.ErrMismatch))
	}
	return nil
}
