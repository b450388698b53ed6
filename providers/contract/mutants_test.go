package contract_test

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/contract"
	"github.com/vmxsync/vmxsync/providers/mem"
)

// mutant is a way to break the law, as real servers and hasty code do.
type mutant struct {
	name   string
	breaks string // rules that must catch it
	of     func(*mem.Store) providers.Store
}

// hooked is a store some of whose methods are exchanged.
type hooked struct {
	providers.Store
	list   func(context.Context, string) ([]providers.File, error)
	stat   func(context.Context, string) (providers.File, error)
	open   func(context.Context, string, int64) (io.ReadCloser, error)
	put    func(context.Context, string, providers.Body) error
	rename func(context.Context, string, string) error
	remove func(context.Context, string) error
	traits *providers.Traits
}

func (s *hooked) List(ctx context.Context, dir string) ([]providers.File, error) {
	if s.list != nil {
		return s.list(ctx, dir)
	}
	return s.Store.List(ctx, dir)
}

func (s *hooked) Stat(ctx context.Context, p string) (providers.File, error) {
	if s.stat != nil {
		return s.stat(ctx, p)
	}
	return s.Store.Stat(ctx, p)
}

func (s *hooked) Open(ctx context.Context, p string, offset int64) (io.ReadCloser, error) {
	if s.open != nil {
		return s.open(ctx, p, offset)
	}
	return s.Store.Open(ctx, p, offset)
}

func (s *hooked) Put(ctx context.Context, p string, body providers.Body) error {
	if s.put != nil {
		return s.put(ctx, p, body)
	}
	return s.Store.Put(ctx, p, body)
}

func (s *hooked) Rename(ctx context.Context, from, to string) error {
	if s.rename != nil {
		return s.rename(ctx, from, to)
	}
	return s.Store.Rename(ctx, from, to)
}

func (s *hooked) Remove(ctx context.Context, p string) error {
	if s.remove != nil {
		return s.remove(ctx, p)
	}
	return s.Store.Remove(ctx, p)
}

func (s *hooked) Traits() providers.Traits {
	if s.traits != nil {
		return *s.traits
	}
	return s.Store.Traits()
}

// hook makes a mutant of one change to a sound store.
func hook(change func(s *hooked, m *mem.Store)) func(*mem.Store) providers.Store {
	return func(m *mem.Store) providers.Store {
		s := &hooked{Store: m}
		change(s, m)
		return s
	}
}

var errServer = errors.New("550 server says no")

var mutants = slices.Concat(factMutants, listMutants, streamMutants, moveMutants, nameMutants, timeMutants, resumeMutants, lockMutants, firstMutants)

var factMutants = []mutant{
	{name: "no sessions", breaks: "traits", of: hook(func(s *hooked, _ *mem.Store) {
		s.traits = &providers.Traits{Limits: providers.Limits{NameBytes: 255}}
	})},
	{name: "the root does not exist", breaks: "stat-root", of: statting(func(p string, f providers.File, err error) (providers.File, error) {
		if p == "." {
			return providers.File{}, fs.ErrNotExist
		}
		return f, err
	})},
	{name: "what is missing is there", breaks: "stat-missing", of: statting(func(p string, f providers.File, err error) (providers.File, error) {
		if path.Base(p) == "missing" {
			return providers.File{Path: p}, nil
		}
		return f, err
	})},
	{name: "directories are something else", breaks: "stat-dir", of: statting(func(_ string, f providers.File, err error) (providers.File, error) {
		if f.Kind == providers.Dir {
			f.Kind = providers.Other
		}
		return f, err
	})},
	{name: "below a file all is denied", breaks: "stat-below-file", of: statting(func(p string, f providers.File, err error) (providers.File, error) {
		if path.Base(p) == "below" {
			return f, fs.ErrPermission
		}
		return f, err
	})},
	{name: "local times", breaks: "times", of: statting(func(_ string, f providers.File, err error) (providers.File, error) {
		f.ModTime = f.ModTime.In(time.FixedZone("CET", 3600))
		return f, err
	})},
}

func statting(change func(string, providers.File, error) (providers.File, error)) func(*mem.Store) providers.Store {
	return hook(func(s *hooked, m *mem.Store) {
		s.stat = func(ctx context.Context, p string) (providers.File, error) {
			f, err := m.Stat(ctx, p)
			return change(p, f, err)
		}
	})
}

var listMutants = []mutant{
	{name: "listings in reverse", breaks: "list-sorted", of: listing(func(_ string, files []providers.File, err error) ([]providers.File, error) {
		slices.Reverse(files)
		return files, err
	})},
	{name: "listings with dots", breaks: "list-sorted list-empty", of: listing(func(dir string, files []providers.File, err error) ([]providers.File, error) {
		if err != nil {
			return nil, err
		}
		return append([]providers.File{{Path: dir + "/.", Kind: providers.Dir}}, files...), nil
	})},
	{name: "listings without sizes", breaks: "list-sorted put-bytes", of: listing(func(_ string, files []providers.File, err error) ([]providers.File, error) {
		for i := range files {
			files[i].Size = 0
		}
		return files, err
	})},
	{name: "a missing directory is empty (vsftpd)", breaks: "list-missing", of: listing(func(_ string, files []providers.File, err error) ([]providers.File, error) {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, nil
		}
		return files, err
	})},
	{name: "half a listing beside an error", breaks: "list-missing list-file", of: listing(func(_ string, files []providers.File, err error) ([]providers.File, error) {
		if err != nil {
			return []providers.File{}, err
		}
		return files, nil
	})},
	{name: "an empty directory is missing", breaks: "list-empty", of: listing(func(_ string, files []providers.File, err error) ([]providers.File, error) {
		if len(files) == 0 {
			return nil, fs.ErrNotExist
		}
		return files, err
	})},
	{name: "a file lists itself", breaks: "list-file", of: hook(func(s *hooked, m *mem.Store) {
		s.list = func(ctx context.Context, p string) ([]providers.File, error) {
			if f, err := m.Stat(ctx, p); err == nil && f.Kind == providers.Regular {
				return []providers.File{f}, nil
			}
			return m.List(ctx, p)
		}
	})},
	{name: "listings cut in silence (Pure-FTPd)", breaks: "list-many", of: listing(func(_ string, files []providers.File, err error) ([]providers.File, error) {
		return files[:min(len(files), 100)], err
	})},
}

func listing(change func(string, []providers.File, error) ([]providers.File, error)) func(*mem.Store) providers.Store {
	return hook(func(s *hooked, m *mem.Store) {
		s.list = func(ctx context.Context, dir string) ([]providers.File, error) {
			files, err := m.List(ctx, dir)
			return change(dir, files, err)
		}
	})
}

var streamMutants = []mutant{
	{name: "the last byte is lost", breaks: "put-bytes", of: putting(func(ctx context.Context, m *mem.Store, p string, body providers.Body) error {
		return m.Put(ctx, p, cut{body, body.Size() - 1})
	})},
	{name: "no parents", breaks: "put-parents together-parents", of: putting(func(ctx context.Context, m *mem.Store, p string, body providers.Body) error {
		if _, err := m.Stat(ctx, path.Dir(p)); err != nil {
			return err
		}
		return m.Put(ctx, p, body)
	})},
	{name: "the old tail stays", breaks: "put-replaces", of: putting(keepTail)},
	{name: "no overwriting", breaks: "put-replaces", of: putting(func(ctx context.Context, m *mem.Store, p string, body providers.Body) error {
		if f, err := m.Stat(ctx, p); err == nil && f.Kind == providers.Regular {
			return errServer
		}
		return m.Put(ctx, p, body)
	})},
	{name: "226 whatever happened", of: putting(func(ctx context.Context, m *mem.Store, p string, body providers.Body) error {
		_ = m.Put(ctx, p, body)
		return nil
	}), breaks: "put-onto-directory put-below-file body-fails body-closed body-short body-long paths-writing cancel-put cancel-put-body"},
	{name: "parts under another name", breaks: "body-fails", of: putting(func(ctx context.Context, m *mem.Store, p string, body providers.Body) error {
		err := m.Put(ctx, p, body)
		if err != nil && ctx.Err() == nil {
			_ = m.Rename(ctx, p, p+".part")
		}
		return err
	})},
	{name: "a read of nothing is the end", breaks: "body-odd", of: putting(func(ctx context.Context, m *mem.Store, p string, body providers.Body) error {
		return m.Put(ctx, p, hasty{body})
	})},
	{name: "a missing file is empty", breaks: "open-missing", of: opening(func(r io.ReadCloser, err error) (io.ReadCloser, error) {
		if errors.Is(err, fs.ErrNotExist) {
			return io.NopCloser(strings.NewReader("")), nil
		}
		return r, err
	})},
	{name: "everything reads as nothing", breaks: "open-directory paths-reading", of: opening(func(r io.ReadCloser, err error) (io.ReadCloser, error) {
		if err != nil {
			return io.NopCloser(strings.NewReader("")), nil
		}
		return r, nil
	})},
	{name: "no offsets", breaks: "open-offset", of: hook(func(s *hooked, m *mem.Store) {
		s.open = func(ctx context.Context, p string, _ int64) (io.ReadCloser, error) { return m.Open(ctx, p, 0) }
	})},
	{name: "closing early is an error", breaks: "open-close-early", of: opening(func(r io.ReadCloser, err error) (io.ReadCloser, error) {
		return &touchy{ReadCloser: r}, err
	})},
	{name: "one reader at a time", breaks: "open-together", of: hook(oneReader)},
}

func putting(put func(context.Context, *mem.Store, string, providers.Body) error) func(*mem.Store) providers.Store {
	return hook(func(s *hooked, m *mem.Store) {
		s.put = func(ctx context.Context, p string, body providers.Body) error { return put(ctx, m, p, body) }
	})
}

func opening(change func(io.ReadCloser, error) (io.ReadCloser, error)) func(*mem.Store) providers.Store {
	return hook(func(s *hooked, m *mem.Store) {
		s.open = func(ctx context.Context, p string, offset int64) (io.ReadCloser, error) {
			return change(m.Open(ctx, p, offset))
		}
	})
}

// cut is a body without its end.
type cut struct {
	providers.Body
	size int64
}

func (b cut) Size() int64 { return max(b.size, 0) }

func (b cut) Open(offset int64) (io.ReadCloser, error) {
	r, err := b.Body.Open(offset)
	return io.NopCloser(io.LimitReader(r, b.Size()-offset)), err
}

func keepTail(ctx context.Context, m *mem.Store, p string, body providers.Body) error {
	var tail []byte
	if r, err := m.Open(ctx, p, 0); err == nil {
		old, _ := io.ReadAll(r)
		r.Close()
		tail = old[min(int64(len(old)), body.Size()):]
	}
	if err := m.Put(ctx, p, body); err != nil || len(tail) == 0 {
		return err
	}
	r, err := m.Open(ctx, p, 0)
	if err != nil {
		return err
	}
	fresh, _ := io.ReadAll(r)
	r.Close()
	return m.Put(ctx, p, contract.Text(append(fresh, tail...)))
}

// hasty is a body whose reader ends at the first read of nothing.
type hasty struct{ providers.Body }

func (b hasty) Open(offset int64) (io.ReadCloser, error) {
	r, err := b.Body.Open(offset)
	return &hastyReader{r}, err
}

type hastyReader struct{ io.ReadCloser }

func (r *hastyReader) Read(p []byte) (int, error) {
	n, err := r.ReadCloser.Read(p)
	if n == 0 && err == nil {
		err = io.EOF
	}
	return n, err
}

// touchy is a reader that must be read to its end.
type touchy struct {
	io.ReadCloser
	ended bool
}

func (r *touchy) Read(p []byte) (int, error) {
	n, err := r.ReadCloser.Read(p)
	r.ended = err == io.EOF
	return n, err
}

func (r *touchy) Close() error {
	if err := r.ReadCloser.Close(); r.ended {
		return err
	}
	return errServer
}

func oneReader(s *hooked, m *mem.Store) {
	var readers atomic.Int32
	s.open = func(ctx context.Context, p string, offset int64) (io.ReadCloser, error) {
		if readers.Add(1) > 1 {
			return nil, errServer
		}
		r, err := m.Open(ctx, p, offset)
		if err != nil {
			readers.Add(-1)
			return nil, err
		}
		return &counted{r, &readers}, nil
	}
}

type counted struct {
	io.ReadCloser
	readers *atomic.Int32
}

func (r *counted) Close() error {
	r.readers.Add(-1)
	return r.ReadCloser.Close()
}

var moveMutants = []mutant{
	{name: "a rename changes nothing", breaks: "rename-file rename-directory rename-parents", of: renaming(
		func(context.Context, *mem.Store, string, string) error { return nil })},
	{name: "no rename of folders", breaks: "rename-directory", of: renaming(func(ctx context.Context, m *mem.Store, from, to string) error {
		if f, err := m.Stat(ctx, from); err == nil && f.Kind == providers.Dir {
			return errServer
		}
		return m.Rename(ctx, from, to)
	})},
	{name: "a rename makes no parents", breaks: "rename-parents", of: renaming(func(ctx context.Context, m *mem.Store, from, to string) error {
		if _, err := m.Stat(ctx, path.Dir(to)); err != nil {
			return err
		}
		return m.Rename(ctx, from, to)
	})},
	{name: "a rename replaces files (all servers)", breaks: "rename-onto-file", of: renaming(func(ctx context.Context, m *mem.Store, from, to string) error {
		if f, err := m.Stat(ctx, to); err == nil && f.Kind == providers.Regular && from != to {
			_ = m.Remove(ctx, to)
		}
		return m.Rename(ctx, from, to)
	})},
	{name: "a rename replaces empty folders (all servers)", breaks: "rename-onto-empty-directory", of: renaming(func(ctx context.Context, m *mem.Store, from, to string) error {
		if from != to {
			_ = m.Remove(ctx, to)
		}
		return m.Rename(ctx, from, to)
	})},
	{name: "a rename moves into folders (mv)", breaks: "rename-onto-full-directory rename-onto-empty-directory", of: renaming(func(ctx context.Context, m *mem.Store, from, to string) error {
		if f, err := m.Stat(ctx, to); err == nil && f.Kind == providers.Dir {
			to = path.Join(to, path.Base(from))
		}
		return m.Rename(ctx, from, to)
	})},
	{name: "a rename never fails", of: renaming(func(ctx context.Context, m *mem.Store, from, to string) error {
		_ = m.Rename(ctx, from, to)
		return nil
	}), breaks: "rename-onto-itself rename-into-itself rename-missing paths-writing"},
	{name: "a removal changes nothing", breaks: "remove-file remove-empty-directory", of: removing(
		func(context.Context, *mem.Store, string) error { return nil })},
	{name: "no removal of folders", breaks: "remove-empty-directory", of: removing(func(ctx context.Context, m *mem.Store, p string) error {
		if f, err := m.Stat(ctx, p); err == nil && f.Kind == providers.Dir {
			return errServer
		}
		return m.Remove(ctx, p)
	})},
	{name: "empty parents go, too", breaks: "remove-file", of: removing(func(ctx context.Context, m *mem.Store, p string) error {
		err := m.Remove(ctx, p)
		if files, _ := m.List(ctx, path.Dir(p)); err == nil && files != nil && len(files) == 0 {
			_ = m.Remove(ctx, path.Dir(p))
		}
		return err
	})},
	{name: "a removal takes all below", breaks: "remove-full-directory", of: removing(func(ctx context.Context, m *mem.Store, p string) error {
		if _, err := m.Stat(ctx, p); err != nil {
			return err
		}
		return contract.Sweep(ctx, fileOrDir{m}, p)
	})},
	{name: "a removal never fails", breaks: "remove-missing remove-full-directory paths-writing", of: removing(func(ctx context.Context, m *mem.Store, p string) error {
		_ = m.Remove(ctx, p)
		return nil
	})},
}

func renaming(rename func(context.Context, *mem.Store, string, string) error) func(*mem.Store) providers.Store {
	return hook(func(s *hooked, m *mem.Store) {
		s.rename = func(ctx context.Context, from, to string) error { return rename(ctx, m, from, to) }
	})
}

func removing(remove func(context.Context, *mem.Store, string) error) func(*mem.Store) providers.Store {
	return hook(func(s *hooked, m *mem.Store) {
		s.remove = func(ctx context.Context, p string) error { return remove(ctx, m, p) }
	})
}

// fileOrDir lets Sweep remove a file as well.
type fileOrDir struct{ *mem.Store }

func (s fileOrDir) List(ctx context.Context, p string) ([]providers.File, error) {
	if f, err := s.Stat(ctx, p); err == nil && f.Kind == providers.Regular {
		return nil, nil
	}
	return s.Store.List(ctx, p)
}

var nameMutants = []mutant{
	{name: "blanks become underscores", breaks: "names-plain", of: mangling(strings.NewReplacer(" ", "_").Replace)},
	{name: "percent is decoded", breaks: "names-plain", of: mangling(strings.NewReplacer("%25", "%").Replace)},
	{name: "lower case only", breaks: "names-case", of: mangling(strings.ToLower)},
	{name: "colons become hyphens", breaks: "names-reserved", of: mangling(strings.NewReplacer(":", "-").Replace)},
	{name: "ASCII only (Twisted)", breaks: "names-unicode", of: mangling(func(p string) string {
		return strings.Map(func(r rune) rune {
			if r > 0x7f {
				return '?'
			}
			return r
		}, p)
	})},
	{name: "names are cut", breaks: "names-long", of: mangling(func(p string) string {
		dir, name := path.Split(p)
		return dir + name[:min(len(name), 200)]
	})},
	{name: "no paths over 260 bytes (Windows)", breaks: "paths-long", of: putting(func(ctx context.Context, m *mem.Store, p string, body providers.Body) error {
		if len(p) > 260 && strings.Count(p, "/") > 4 {
			return errServer
		}
		return m.Put(ctx, p, body)
	})},
	{name: "dot names are hidden (vsftpd)", breaks: "names-dot", of: listing(func(_ string, files []providers.File, err error) ([]providers.File, error) {
		return slices.DeleteFunc(files, func(f providers.File) bool { return strings.HasPrefix(f.Name(), ".") }), err
	})},
	{name: "a dash begins options", breaks: "names-dash", of: hook(func(s *hooked, m *mem.Store) {
		s.list = func(ctx context.Context, dir string) ([]providers.File, error) {
			if strings.HasPrefix(path.Base(dir), "-") {
				dir = path.Dir(dir)
			}
			return m.List(ctx, dir)
		}
	})},
	{name: "paths are cleaned", breaks: "paths-reading paths-writing", of: hook(func(s *hooked, m *mem.Store) {
		clean := func(p string) string {
			return strings.TrimPrefix(path.Clean("/"+strings.TrimRight(p, " .")), "/")
		}
		s.stat = func(ctx context.Context, p string) (providers.File, error) { return m.Stat(ctx, clean(p)) }
		s.put = func(ctx context.Context, p string, body providers.Body) error { return m.Put(ctx, clean(p), body) }
		s.rename = func(ctx context.Context, from, to string) error { return m.Rename(ctx, clean(from), clean(to)) }
		s.remove = func(ctx context.Context, p string) error { return m.Remove(ctx, clean(p)) }
	})},
}

// mangling stores under changed names, and finds by changed and unchanged ones.
func mangling(mangle func(string) string) func(*mem.Store) providers.Store {
	return putting(func(ctx context.Context, m *mem.Store, p string, body providers.Body) error {
		return m.Put(ctx, mangle(p), body)
	})
}

var timeMutants = []mutant{
	{name: "the sixth put is one too many", breaks: "together together-parents", of: hook(func(s *hooked, m *mem.Store) {
		var puts atomic.Int32
		s.put = func(ctx context.Context, p string, body providers.Body) error {
			if puts.Add(1) > 5 {
				return errServer
			}
			return m.Put(ctx, p, body)
		}
	})},
	{name: "contexts are ignored", of: hook(func(s *hooked, m *mem.Store) {
		forever := context.Background()
		s.list = func(_ context.Context, p string) ([]providers.File, error) { return m.List(forever, p) }
		s.stat = func(_ context.Context, p string) (providers.File, error) { return m.Stat(forever, p) }
		s.open = func(_ context.Context, p string, n int64) (io.ReadCloser, error) { return m.Open(forever, p, n) }
		s.put = func(_ context.Context, p string, body providers.Body) error { return m.Put(forever, p, body) }
		s.rename = func(_ context.Context, from, to string) error { return m.Rename(forever, from, to) }
		s.remove = func(_ context.Context, p string) error { return m.Remove(forever, p) }
	}), breaks: "cancelled-before cancel-put cancel-put-body cancel-read cancel-waiting"},
}
