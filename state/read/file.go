package read

import (
	"context"
	"fmt"
	"io"

	"github.com/vmxsync/vmxsync/providers"
)

// File reads a small file whole; more than limit bytes are an error.
func File(ctx context.Context, store providers.Store, p string, limit int64) ([]byte, error) {
	r, err := store.Open(ctx, p, 0)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(data)) > limit {
		return nil, fmt.Errorf("%s has more than %d bytes", p, limit)
	}
	return data, nil
}

// readSeldom is File for a file that is seldom there: it is looked for first, which
// costs a server less than to refuse it.
func readSeldom(ctx context.Context, store providers.Store, p string, limit int64) ([]byte, error) {
	if _, err := store.Stat(ctx, p); err != nil {
		return nil, err
	}
	return File(ctx, store, p, limit)
}
