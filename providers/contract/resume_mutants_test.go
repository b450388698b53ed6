package contract_test

import (
	"bytes"
	"context"
	"io"

	"github.com/vmxsync/vmxsync/providers"
	"github.com/vmxsync/vmxsync/providers/mem"
)

// resuming is a store with a Resume of its own.
type resuming struct {
	*mem.Store
	resume func(ctx context.Context, p string, body providers.Body) (int64, error)
}

func (s *resuming) Resume(ctx context.Context, p string, body providers.Body) (int64, error) {
	return s.resume(ctx, p, body)
}

func resume(how func(m *mem.Store) func(context.Context, string, providers.Body) (int64, error)) func(*mem.Store) providers.Store {
	return func(m *mem.Store) providers.Store { return &resuming{m, how(m)} }
}

// spliced is a body that begins with what is there already.
type spliced struct {
	providers.Body
	part []byte
}

func (b spliced) Open(offset int64) (io.ReadCloser, error) {
	rest, err := b.Body.Open(int64(len(b.part)))
	if err != nil {
		return nil, err
	}
	whole := io.MultiReader(bytes.NewReader(b.part), rest)
	_, err = io.CopyN(io.Discard, whole, offset)
	return io.NopCloser(whole), err
}

// held is what m has at p, at most the size of body.
func held(ctx context.Context, m *mem.Store, p string, body providers.Body) []byte {
	r, err := m.Open(ctx, p, 0)
	if err != nil {
		return nil
	}
	defer r.Close()
	part, _ := io.ReadAll(io.LimitReader(r, body.Size()))
	return part
}

var resumeMutants = []mutant{
	{name: "goes on behind whatever is there", breaks: "resume-other", of: resume(func(m *mem.Store) func(context.Context, string, providers.Body) (int64, error) {
		return func(ctx context.Context, p string, body providers.Body) (int64, error) {
			part := held(ctx, m, p, body)
			return int64(len(part)), m.Put(ctx, p, spliced{body, part})
		}
	})},
	{name: "appends all of it", breaks: "resume-part resume-whole", of: resume(func(m *mem.Store) func(context.Context, string, providers.Body) (int64, error) {
		return func(ctx context.Context, p string, body providers.Body) (int64, error) {
			part := held(ctx, m, p, body)
			whole, _ := io.ReadAll(io.MultiReader(bytes.NewReader(part), must(body.Open(0))))
			m.Plant(providers.File{Path: p}, whole)
			return int64(len(part)), nil
		}
	})},
	{name: "keeps the tail of a longer file", breaks: "resume-longer", of: resume(func(m *mem.Store) func(context.Context, string, providers.Body) (int64, error) {
		return func(context.Context, string, providers.Body) (int64, error) { return 0, nil }
	})},
	{name: "wants a part", breaks: "resume-missing", of: resume(func(m *mem.Store) func(context.Context, string, providers.Body) (int64, error) {
		return func(ctx context.Context, p string, body providers.Body) (int64, error) {
			if _, err := m.Stat(ctx, p); err != nil {
				return 0, err
			}
			return m.Resume(ctx, p, body)
		}
	})},
}

func must(r io.ReadCloser, err error) io.Reader {
	if err != nil {
		panic(err)
	}
	return r
}
