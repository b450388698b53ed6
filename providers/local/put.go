package local

import (
	"context"
	"fmt"
	"io"
	"os"
	"path"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/local/disk"
)

const blockBytes = 512 << 10

// Put writes body to p itself and syncs it. A file that is there is emptied
// and written anew in place.
func (s *Store) Put(ctx context.Context, p string, body providers.Body) error {
	return s.call(ctx, "put", p, func() error {
		if err := disk.CheckBelowRoot(p); err != nil {
			return err
		}
		if err := disk.MakeDirs(s.root, path.Dir(p), disk.DirMode(disk.FileMode(body))); err != nil {
			return err
		}
		return s.put(ctx, p, body)
	})
}

func (s *Store) put(ctx context.Context, p string, body providers.Body) error {
	return s.fill(ctx, p, body, 0, func() (*os.File, error) { return disk.Create(s.root, p, disk.FileMode(body)) })
}

// fill writes body from offset on to the file p, which open opens, and makes
// it durable.
func (s *Store) fill(ctx context.Context, p string, body providers.Body, offset int64, open func() (*os.File, error)) error {
	from, err := body.Open(offset)
	if err != nil {
		return fmt.Errorf("body: %w", err)
	}
	defer from.Close()
	to, err := open()
	if err != nil {
		return err
	}
	err = copyBody(ctx, to, s.pace.Reader(ctx, from), body.Size()-offset)
	if err == nil {
		err = to.Sync()
	}
	// Network file systems report a full disk only here.
	if closeErr := to.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return err
	}
	return disk.SyncDir(s.root, path.Dir(p))
}

// copyBody copies exactly size bytes and looks at ctx between blocks.
func copyBody(ctx context.Context, to io.Writer, from io.Reader, size int64) error {
	block := make([]byte, min(blockBytes, size+1))
	for left := size; ; {
		if err := ctx.Err(); err != nil {
			return err
		}
		n, err := io.ReadFull(from, block)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if int64(n) > left {
			return fmt.Errorf("body continues after its %d bytes", size)
		}
		if _, err := to.Write(block[:n]); err != nil {
			return err
		}
		left -= int64(n)
		if err == nil {
			continue
		}
		return ended(err, left, size)
	}
}

// ended judges the end of a body with left bytes of size missing.
func ended(err error, left, size int64) error {
	if err != io.EOF && err != io.ErrUnexpectedEOF {
		return fmt.Errorf("body: %w", err)
	}
	if left > 0 {
		return fmt.Errorf("body ended after %d of %d bytes: %w", size-left, size, io.ErrUnexpectedEOF)
	}
	return nil
}
