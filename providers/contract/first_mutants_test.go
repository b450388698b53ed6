package contract_test

import (
	"context"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/mem"
)

// firstMutants lack what all else is made of.
var firstMutants = []mutant{
	{name: "nothing can be written", breaks: "first-store", of: putting(func(context.Context, *mem.Store, string, providers.Body) error { return errServer })},
	{name: "names are read wrong in listings", breaks: "first-listing", of: listing(misnamed)},
	{name: "sizes are in blocks", breaks: "first-size", of: statting(func(_ string, f providers.File, err error) (providers.File, error) {
		f.Size = (f.Size + 511) &^ 511
		return f, err
	})},
	{name: "nothing can be read", breaks: "first-read", of: hook(func(s *hooked, _ *mem.Store) {
		s.open = func(context.Context, string, int64) (io.ReadCloser, error) { return nil, fs.ErrPermission }
	})},
	{name: "folders are listed as files", breaks: "first-folder", of: listing(func(_ string, files []providers.File, err error) ([]providers.File, error) {
		for i := range files {
			files[i].Kind = providers.Regular
		}
		return files, err
	})},
	{name: "nothing is removed", breaks: "first-remove", of: removing(func(context.Context, *mem.Store, string) error { return nil })},
	{name: "an empty file is refused (ftp-srv)", breaks: "put-empty", of: putting(func(ctx context.Context, m *mem.Store, p string, body providers.Body) error {
		if body.Size() == 0 {
			return errServer
		}
		return m.Put(ctx, p, body)
	})},
	{name: "files stay in their folders", breaks: "rename-file-across rename-deep", of: renaming(func(ctx context.Context, m *mem.Store, from, to string) error {
		if f, err := m.Stat(ctx, from); err == nil && f.Kind == providers.Regular && path.Dir(from) != path.Dir(to) {
			return errServer
		}
		return m.Rename(ctx, from, to)
	})},
	{name: "folders with blanks stay where they are", breaks: "rename-names", of: renaming(func(ctx context.Context, m *mem.Store, from, to string) error {
		if strings.Contains(from, " ") {
			return errServer
		}
		return m.Rename(ctx, from, to)
	})},
	{name: "the third folder is one too many", breaks: "rename-together", of: hook(func(s *hooked, m *mem.Store) {
		var folders atomic.Int32
		s.rename = func(ctx context.Context, from, to string) error {
			if f, err := m.Stat(ctx, from); err == nil && f.Kind == providers.Dir && strings.Contains(to, "/final/") {
				if folders.Add(1) > 2 {
					return errServer
				}
			}
			return m.Rename(ctx, from, to)
		}
	})},
	{name: "a file that was cut is in the way", breaks: "resume-cut", of: resume(func(m *mem.Store) func(context.Context, string, providers.Body) (int64, error) {
		return func(ctx context.Context, p string, body providers.Body) (int64, error) { return 0, errServer }
	})},
}

// misnamed reads the name after the first blank, as MLSD was once read.
func misnamed(_ string, files []providers.File, err error) ([]providers.File, error) {
	files = slices.Clone(files)
	for i, f := range files {
		files[i].Path = path.Join(path.Dir(f.Path), "users;"+f.Name())
	}
	return files, err
}
