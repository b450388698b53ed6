package disk

import (
	"fmt"
	"io/fs"
	"os"
	"path"

	"github.com/vmxsync/vmxsync/providers"
)

// Stat follows no link: neither at the end of p, nor on the way there.
func Stat(root *os.Root, p string) (fs.FileInfo, error) {
	for i := range len(p) {
		if p[i] != '/' {
			continue
		}
		info, err := root.Lstat(p[:i])
		if err != nil {
			return nil, err
		}
		if !info.IsDir() {
			return nil, fmt.Errorf("%s %w: %w", p[:i], errNotDir, fs.ErrNotExist)
		}
	}
	return lstat(root, p)
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

// File translates what the disk says.
func File(p string, info fs.FileInfo) providers.File {
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
