package local

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"

	"github.com/vmxsync/vmxsync/providers"
)

const blockBytes = 512 << 10

// Put writes body to p itself and syncs it. A file that is there is emptied
// and written anew in place.
func (s *Store) Put(ctx context.Context, p string, body providers.Body) error {
	return s.call(ctx, "put", p, func() error {
		if err := inside(p); err != nil {
			return err
		}
		if err := s.makeDirsFor(path.Dir(p), dirMode(fileMode(body))); err != nil {
			return err
		}
		return s.put(ctx, p, body)
	})
}

func (s *Store) put(ctx context.Context, p string, body providers.Body) error {
	return s.fill(ctx, p, body, 0, func(p string) (*os.File, error) { return s.create(p, fileMode(body)) })
}

// fill writes body from offset on to the file that open opens there, and makes
// it durable.
func (s *Store) fill(ctx context.Context, p string, body providers.Body, offset int64, open func(string) (*os.File, error)) error {
	from, err := body.Open(offset)
	if err != nil {
		return fmt.Errorf("body: %w", err)
	}
	defer from.Close()
	to, err := open(p)
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
	return s.syncDir(path.Dir(p))
}

// create opens p for writing, new or emptied. It follows no link: what is not
// there is made with O_EXCL, what is there must be a regular file.
func (s *Store) create(p string, mode fs.FileMode) (*os.File, error) {
	if _, err := s.stat(p); isMissing(err) {
		return s.root.OpenFile(p, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	}
	f, err := s.openRegular(p, os.O_WRONLY)
	if err != nil {
		return nil, err
	}
	err = restrict(f, mode)
	if err == nil {
		err = f.Truncate(0)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
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

// makeDirs makes dir and its missing parents, and syncs each parent that got a
// new entry. Others may be doing the same.
func (s *Store) makeDirs(dir string) error { return s.makeDirsFor(dir, anyDir) }

// makeDirsFor makes them with that mode, before the umask.
func (s *Store) makeDirsFor(dir string, mode fs.FileMode) error {
	info, err := s.stat(dir)
	if err == nil && !info.IsDir() {
		return fmt.Errorf("%s %w", dir, errNotDir)
	}
	if err == nil || !isMissing(err) {
		return err
	}
	if err := s.makeDirsFor(path.Dir(dir), mode); err != nil {
		return err
	}
	if err := s.root.Mkdir(dir, mode); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return s.syncDir(path.Dir(dir))
}

// syncDir makes the entries of dir durable.
func (s *Store) syncDir(dir string) error {
	f, err := s.root.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(syncEntries(f), f.Close())
}
