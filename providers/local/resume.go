package local

import (
	"context"
	"errors"
	"io"
	"os"
	"path"

	"github.com/vmxsync/vmxsync/providers"
)

// Resume keeps what p holds if body begins with all of it, which is read and
// compared byte by byte.
func (s *Store) Resume(ctx context.Context, p string, body providers.Body) (kept int64, err error) {
	err = s.call(ctx, "resume", p, func() error {
		if err := inside(p); err != nil {
			return err
		}
		if kept, err = s.proven(ctx, p, body); err != nil {
			return err
		}
		if kept > 0 {
			return s.goOn(ctx, p, body, kept)
		}
		if err := s.makeDirsFor(path.Dir(p), dirMode(fileMode(body))); err != nil {
			return err
		}
		return s.put(ctx, p, body)
	})
	if err != nil {
		return 0, err
	}
	return kept, nil
}

// proven is how many bytes p holds, if body begins with them; else 0.
func (s *Store) proven(ctx context.Context, p string, body providers.Body) (int64, error) {
	info, err := s.stat(p)
	if isMissing(err) {
		return 0, nil
	}
	if err != nil || !info.Mode().IsRegular() || info.Size() > body.Size() {
		return 0, err
	}
	part, err := s.openRegular(p, os.O_RDONLY)
	if err != nil {
		return 0, err
	}
	defer part.Close()
	begins, err := providers.Begins(ctx, body, io.LimitReader(part, info.Size()))
	if err != nil || !begins {
		return 0, err
	}
	return info.Size(), nil
}

func (s *Store) goOn(ctx context.Context, p string, body providers.Body, offset int64) error {
	return s.fill(ctx, p, body, offset, func(p string) (*os.File, error) {
		to, err := s.openRegular(p, os.O_WRONLY)
		if err != nil {
			return nil, err
		}
		err = restrict(to, fileMode(body))
		if err == nil {
			_, err = to.Seek(offset, io.SeekStart)
		}
		if err != nil {
			return nil, errors.Join(err, to.Close())
		}
		return to, nil
	})
}
