package local

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"

	"github.com/vmxsync/vmxsync/providers"
)

// List returns the entries of dir. One that vanishes meanwhile is left out.
func (s *Store) List(ctx context.Context, dir string) ([]providers.File, error) {
	var files []providers.File
	err := s.call(ctx, "list", dir, func() (err error) {
		files, err = s.list(ctx, dir)
		return err
	})
	return files, s.unreadable(err)
}

func (s *Store) list(ctx context.Context, dir string) ([]providers.File, error) {
	info, err := s.stat(dir)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return nil, errNotDir
	}
	folder, err := s.root.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	defer folder.Close()
	names, err := readNames(folder)
	if err != nil {
		return nil, err
	}
	return describe(ctx, folder, dir, names)
}

// describe looks at each name in folder, which is the directory dir.
func describe(ctx context.Context, folder *os.Root, dir string, names []string) ([]providers.File, error) {
	files := make([]providers.File, 0, len(names))
	for _, name := range names {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		info, err := lstat(folder, name)
		if isMissing(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		files = append(files, file(below(dir, name), info))
	}
	return files, nil
}

// readNames returns all names in folder, sorted.
func readNames(folder *os.Root) ([]string, error) {
	f, err := folder.Open(".")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	names, err := f.Readdirnames(-1)
	slices.Sort(names)
	return names, err
}

// below joins without cleaning: the name is as the disk gives it.
func below(dir, name string) string {
	if dir == "." {
		return name
	}
	return dir + "/" + name
}

// Stat returns what is known about p.
func (s *Store) Stat(ctx context.Context, p string) (providers.File, error) {
	var f providers.File
	err := s.call(ctx, "stat", p, func() error {
		info, err := s.stat(p)
		if err == nil {
			f = file(p, info)
		}
		return err
	})
	return f, s.unreadable(err)
}

// stat follows no link: neither at the end of p, nor on the way there.
func (s *Store) stat(p string) (fs.FileInfo, error) {
	for i := range len(p) {
		if p[i] != '/' {
			continue
		}
		info, err := s.root.Lstat(p[:i])
		if err != nil {
			return nil, err
		}
		if !info.IsDir() {
			return nil, fmt.Errorf("%s %w: %w", p[:i], errNotDir, fs.ErrNotExist)
		}
	}
	return lstat(s.root, p)
}

// lstat describes p. Windows opens a file to do that, which fails where another
// program has it for itself alone: then its folder tells what it knows.
func lstat(root *os.Root, p string) (fs.FileInfo, error) {
	info, err := root.Lstat(p)
	if !isAny(err, busyErrors) {
		return info, err
	}
	folder, openErr := root.Open(path.Dir(p))
	if openErr != nil {
		return nil, err
	}
	defer folder.Close()
	entries, _ := folder.ReadDir(-1)
	for _, e := range entries {
		if e.Name() == path.Base(p) {
			return e.Info()
		}
	}
	return nil, err
}

// file translates what the disk says.
func file(p string, info fs.FileInfo) providers.File {
	f := providers.File{Path: p, Kind: kind(info.Mode()), ModTime: info.ModTime().UTC(), ID: identity(info), Changed: changed(info), Mode: info.Mode().Perm()}
	if f.Kind == providers.Regular {
		f.Size = info.Size()
	}
	return f
}

func kind(mode fs.FileMode) providers.Kind {
	switch mode.Type() {
	case 0:
		return providers.Regular
	case fs.ModeDir:
		return providers.Dir
	case fs.ModeSymlink:
		return providers.Link
	}
	return providers.Other
}
