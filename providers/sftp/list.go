package sftp

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/sftp/wire"
)

// List returns the entries of dir, with links as links: OpenSSH describes each by lstat.
func (s *Store) List(ctx context.Context, dir string) ([]providers.File, error) {
	if err := s.check(dir); err != nil {
		return nil, s.fail("list", dir, err)
	}
	var files []providers.File
	err := s.do(ctx, func(t tree) (err error) {
		files, err = t.list(dir)
		return err
	})
	if err != nil {
		return nil, s.fail("list", dir, err)
	}
	return files, nil
}

func (t tree) list(dir string) ([]providers.File, error) {
	if err := t.enter(dir); err != nil {
		return nil, err
	}
	infos, err := t.ReadDir(t.absolute(dir))
	if err != nil {
		t.folders.Forget(dir)
		return nil, rootless(dir, err)
	}
	return t.describe(dir, infos)
}

// describe sorts the entries by name. One that has no type in the listing is asked for.
func (t tree) describe(dir string, infos []fs.FileInfo) ([]providers.File, error) {
	files := make([]providers.File, 0, len(infos))
	for _, info := range infos {
		if slices.Contains(noNames, info.Name()) {
			return nil, fmt.Errorf("%q is listed as a name: %w", info.Name(), providers.ErrListing)
		}
		f, err := wire.File(info)
		if err != nil {
			f, err = t.Lstat(t.absolute(dir) + "/" + info.Name())
		}
		if errors.Is(err, fs.ErrNotExist) {
			continue // it was removed meanwhile
		}
		if err != nil {
			return nil, err
		}
		f.Path = below(dir, info.Name())
		files = append(files, f)
	}
	slices.SortFunc(files, func(a, b providers.File) int { return strings.Compare(a.Path, b.Path) })
	for i := 1; i < len(files); i++ {
		if files[i].Path == files[i-1].Path {
			return nil, fmt.Errorf("%q is listed twice: %w", files[i].Name(), providers.ErrListing)
		}
	}
	return files, nil
}

// noNames are what the library makes of an empty name, and of the end of a path.
var noNames = []string{".", "..", "/"}

// rootless names the root as what is missing.
func rootless(dir string, err error) error {
	if dir == "." && errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: %w", errNoRoot, err)
	}
	return err
}

// Stat returns what is known about one entry. The root may be a link.
func (s *Store) Stat(ctx context.Context, name string) (providers.File, error) {
	if err := s.check(name); err != nil {
		return providers.File{}, s.fail("stat", name, err)
	}
	var f providers.File
	err := s.do(ctx, func(t tree) (err error) {
		f, err = t.stat(name)
		return err
	})
	if err != nil {
		return providers.File{}, s.fail("stat", name, err)
	}
	return f, nil
}

func (t tree) stat(name string) (providers.File, error) {
	if name == "." {
		return providers.File{Path: ".", Kind: providers.Dir}, rootless(name, t.lookAtRoot())
	}
	if err := t.enter(path.Dir(name)); err != nil {
		return providers.File{}, err
	}
	f, err := t.Lstat(t.absolute(name))
	if err != nil || f.Kind != providers.Dir {
		t.folders.Forget(name)
	}
	f.Path = name
	return f, err
}
