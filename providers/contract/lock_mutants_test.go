package contract_test

import (
	"context"
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/mem"
)

// locking is a mutant that makes folders in a way of its own.
type locking struct {
	*hooked
	make func(ctx context.Context, dir string) error
}

func (s *locking) MakeDir(ctx context.Context, dir string) error { return s.make(ctx, dir) }

func making(how func(m *mem.Store) func(context.Context, string) error) func(*mem.Store) providers.Store {
	return func(m *mem.Store) providers.Store { return &locking{&hooked{Store: m}, how(m)} }
}

var lockMutants = []mutant{
	{name: "a folder that is there is made again", breaks: "lock-again lock-one-maker", of: making(func(m *mem.Store) func(context.Context, string) error {
		return func(ctx context.Context, dir string) error {
			err := m.MakeDir(ctx, dir)
			if errors.Is(err, fs.ErrExist) {
				return nil
			}
			return err
		}
	})},
	{name: "folders are made without parents", breaks: "lock-made", of: making(func(m *mem.Store) func(context.Context, string) error {
		return func(ctx context.Context, dir string) error {
			if _, err := m.Stat(ctx, path.Dir(dir)); err != nil {
				return err
			}
			return m.MakeDir(ctx, dir)
		}
	})},
	{name: "two look for a folder, and both make it", breaks: "lock-one-maker", of: making(twoMakers)},
	{name: "a rename may come twice", breaks: "lock-one-renamer", of: renaming(func(ctx context.Context, m *mem.Store, from, to string) error {
		err := m.Rename(ctx, from, to)
		if errors.Is(err, fs.ErrNotExist) && strings.HasSuffix(from, "/dead") {
			return nil
		}
		return err
	})},
	{name: "a listing shows the newest file only", breaks: "lock-alone", of: hook(newestOnly)},
	{name: "times stay", breaks: "lock-beat", of: statting(func(_ string, f providers.File, err error) (providers.File, error) {
		f.ModTime = time.Unix(1, 0).UTC()
		return f, err
	})},
}

func twoMakers(m *mem.Store) func(context.Context, string) error {
	var mu sync.Mutex
	asked := map[string]int{}
	return func(ctx context.Context, dir string) error {
		mu.Lock()
		defer mu.Unlock()
		if asked[dir]++; asked[dir] > 2 {
			return fs.ErrExist
		}
		if err := m.MakeDir(ctx, dir); err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
		return nil
	}
}

// newestOnly is a listing from a cache that holds what was put last.
func newestOnly(s *hooked, m *mem.Store) {
	var mu sync.Mutex
	newest := map[string]string{}
	s.put = func(ctx context.Context, p string, body providers.Body) error {
		mu.Lock()
		defer mu.Unlock()
		newest[path.Dir(p)] = p
		return m.Put(ctx, p, body)
	}
	s.list = func(ctx context.Context, dir string) ([]providers.File, error) {
		files, err := m.List(ctx, dir)
		mu.Lock()
		defer mu.Unlock()
		return slices.DeleteFunc(files, func(f providers.File) bool { return f.Path != newest[dir] }), err
	}
}
