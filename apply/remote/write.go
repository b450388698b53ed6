package remote

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/vmxsync/vmxsync/providers"
)

// Write puts a small file and compares its size.
func Write(ctx context.Context, store providers.Store, p string, data []byte) error {
	if err := store.Put(ctx, p, Bytes(data)); err != nil {
		return err
	}
	return Sized(ctx, store, p, int64(len(data)))
}

// Twice asks a second time after a refusal: for a file that was just stored, a single
// refusal may be temporary.
func Twice[T any](ctx context.Context, ask func() (T, error)) (T, error) {
	answer, err := ask()
	if err == nil || ctx.Err() != nil || !errors.Is(err, fs.ErrNotExist) && !Refused(err) {
		return answer, err
	}
	return ask()
}

// Sized proves that a file is there with that size. It asks for the file itself, not for
// the folder, and may follow a link.
func Sized(ctx context.Context, store providers.Store, p string, size int64) error {
	held, err := Twice(ctx, func() (int64, error) { return providers.LeanOf(store).SizeOf(ctx, p) })
	if err == nil && held != size {
		err = otherSize(p, held, size)
	}
	return err
}

func otherSize(p string, held, sent int64) error {
	return fmt.Errorf("%s has %d bytes at the destination, but %d were sent", p, held, sent)
}

// Bytes is a small file in memory.
type Bytes []byte

// Size is the number of bytes.
func (b Bytes) Size() int64 { return int64(len(b)) }

// Open reads from offset on.
func (b Bytes) Open(offset int64) (io.ReadCloser, error) {
	return io.NopCloser(bytes.NewReader(b[offset:])), nil
}
