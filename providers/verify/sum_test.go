package verify_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/retry"
	"github.com/vmxsync/vmxsync/providers/verify"
)

// text is a body.
type text string

func (b text) Size() int64 { return int64(len(b)) }
func (b text) Open(offset int64) (io.ReadCloser, error) {
	return io.NopCloser(strings.NewReader(string(b)[offset:])), nil
}

const sumOfABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" // FIPS 180-4

func TestBodySum(t *testing.T) {
	if got, err := verify.BodySum(t.Context(), sha256.New(), text("abcdef"), 3); got != sumOfABC || err != nil {
		t.Errorf("got %s, %v", got, err)
	}
	if _, err := verify.BodySum(t.Context(), sha256.New(), text("ab"), 3); !retry.IsLocal(err) {
		t.Errorf("short body: got %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := verify.BodySum(ctx, sha256.New(), text("abc"), 3); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: got %v", err)
	}
}

func TestReadSum(t *testing.T) {
	r, _ := text("abc").Open(0)
	got, err := verify.ReadSum(r)
	if got != sumOfABC || err != nil {
		t.Errorf("got %s, %v", got, err)
	}
	if err := verify.Mismatch("SHA-256", got, sumOfABC); err != nil {
		t.Error(err)
	}
	if err := verify.Mismatch("SHA-256", got, "00"); !errors.Is(err, providers.ErrMismatch) {
		t.Errorf("got %v", err)
	}
}
