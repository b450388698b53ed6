package limit

import (
	"context"
	"io"

	"github.com/vmxsync/vmxsync/providers"
)

// Store is a providers.Store with a pace.
type Store struct {
	providers.Store
	pace *Pace
}

// Wrap makes Put and the readers of Open keep to pace. What providers.As
// finds below the wrapper is not slowed down.
func Wrap(store providers.Store, pace *Pace) *Store { return &Store{Store: store, pace: pace} }

// Unwrap is the store below.
func (s *Store) Unwrap() providers.Store { return s.Store }

// Put reads body no faster than the pace.
func (s *Store) Put(ctx context.Context, path string, body providers.Body) error {
	return s.Store.Put(ctx, path, pacedBody{body, ctx, s.pace})
}

// Open returns a reader that is no faster than the pace.
func (s *Store) Open(ctx context.Context, path string, offset int64) (io.ReadCloser, error) {
	r, err := s.Store.Open(ctx, path, offset)
	if err != nil {
		return nil, err
	}
	return &pacedReader{r, ctx, s.pace}, nil
}

type pacedBody struct {
	providers.Body
	ctx  context.Context // of the Put that the body is for
	pace *Pace
}

func (b pacedBody) Open(offset int64) (io.ReadCloser, error) {
	r, err := b.Body.Open(offset)
	if err != nil {
		return nil, err
	}
	return &pacedReader{r, b.ctx, b.pace}, nil
}

type pacedReader struct {
	io.ReadCloser
	ctx  context.Context // of the call that the reading belongs to
	pace *Pace
}

func (r *pacedReader) Read(p []byte) (int, error) {
	n, err := r.ReadCloser.Read(p[:r.pace.block(len(p))])
	if n == 0 {
		return 0, err
	}
	if paceErr := r.pace.pass(r.ctx, n); paceErr != nil {
		return 0, paceErr
	}
	return n, err
}
