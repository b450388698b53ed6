package trial

import (
	"context"
	"io"
)

// Drain reads a file to its end.
func Drain(ctx context.Context, t *Trial, name string) error {
	if t.Err != nil {
		return t.Err
	}
	r, err := t.Store.Open(ctx, t.Path(name), 0)
	if err != nil {
		return err
	}
	defer r.Close()
	_, err = io.Copy(io.Discard, r)
	return err
}

// Reader opens name, or records why not and returns nil.
func Reader(ctx context.Context, t *Trial, name string) io.ReadCloser {
	if t.Err != nil {
		return nil
	}
	r, err := t.Store.Open(ctx, t.Path(name), 0)
	if err != nil {
		t.Must(err)
		return nil
	}
	return r
}
