package local

import (
	"context"
	"io"
	"os"
	"path"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/local/disk"
)

// Resume keeps what p holds if body begins with all of it, which is read and
// compared byte by byte.
func (s *Store) Resume(ctx context.Context, p string, body providers.Body) (kept int64, err error) {
	err = s.call(ctx, "resume", p, func() error {
		if err := disk.CheckBelowRoot(p); err != nil {
			return err
		}
		if kept, err = proven(ctx, s.root, p, body); err != nil {
			return err
		}
		if kept > 0 {
			return s.fill(ctx, p, body, kept, func() (*os.File, error) { return disk.OpenPart(s.root, p, disk.FileMode(body), kept) })
		}
		if err := disk.MakeDirs(s.root, path.Dir(p), disk.DirMode(disk.FileMode(body))); err != nil {
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
func proven(ctx context.Context, root *os.Root, p string, body providers.Body) (int64, error) {
	info, err := disk.Stat(root, p)
	if disk.IsMissing(err) {
		return 0, nil
	}
	if err != nil || !info.Mode().IsRegular() || info.Size() > body.Size() {
		return 0, err
	}
	part, err := disk.OpenRegular(root, p, os.O_RDONLY)
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
