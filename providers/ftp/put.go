package ftp

import (
	"context"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/ftp/upload"
)

// Put stores in binary mode, and asks for the SIZE afterwards: what the server
// holds differs from body only if it lies about that too. A try that was cut
// is continued where what the server holds is proven to be how body begins.
func (s *Store) Put(ctx context.Context, name string, body providers.Body) error {
	_, err := s.uploads.Put(ctx, name, body, upload.Options{})
	return s.fail("put", name, err)
}

// Resume is Put that looks for a part before its first try.
func (s *Store) Resume(ctx context.Context, name string, body providers.Body) (kept int64, err error) {
	kept, err = s.uploads.Put(ctx, name, body, upload.Options{Part: true})
	return kept, s.fail("put", name, err)
}
