package verify

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/retry"
)

// Mismatch is nil where two sums in hex are the same, and wraps
// providers.ErrMismatch where they are not.
func Mismatch(algorithm, theirs, ours string) error {
	if theirs == ours {
		return nil
	}
	return fmt.Errorf("%s on the server is %s, sent was %s: %w", algorithm, theirs, ours, providers.ErrMismatch)
}

// ReadSum is the SHA-256, in hex, of all that r delivers, which it closes.
func ReadSum(r io.ReadCloser) (string, error) {
	defer r.Close()
	h := sha256.New()
	if _, err := io.Copy(h, r); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// BodySum is the sum by h, in hex, of the first n bytes of a body. The error is a
// retry.Unreadable.
func BodySum(ctx context.Context, h hash.Hash, body providers.Body, n int64) (string, error) {
	r, err := providers.OpenSample(body, 0)
	if err != nil {
		return "", &retry.Unreadable{Err: err}
	}
	defer r.Close()
	if _, err := io.CopyN(h, interruptible{ctx, r}, n); err != nil {
		return "", &retry.Unreadable{Err: fmt.Errorf("first %d bytes: %w", n, err)}
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// interruptible is a reader that ends with its context.
type interruptible struct {
	ctx context.Context
	io.Reader
}

func (r interruptible) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.Reader.Read(p)
}
